/** Quotas of an account and a load balancer. Source: AWS, "Quotas for your Application Load Balancers". */
export const LIMITS = {
  "application-load-balancers": 50,
  "listeners-per-application-load-balancer": 50,
  "rules-per-application-load-balancer": 100,
  "target-groups": 3000,
  "target-groups-per-application-load-balancer": 100,
  "target-groups-per-action-on-application-load-balancer": 5,
  "targets-per-application-load-balancer": 1000,
  "condition-values-per-alb-rule": 5,
  "condition-wildcards-per-alb-rule": 5,
} as const;
