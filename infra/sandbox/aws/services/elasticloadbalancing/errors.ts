import { AwsError } from "../../kernel.ts";

export const validationError = (message: string): AwsError => new AwsError("ValidationError", message);

/** For what AWS has and this sandbox does not: never silence, never a pretended success. */
export const notImplemented = (message: string): AwsError =>
  new AwsError("NotImplemented", `${message} The sandbox's load balancer does not implement this.`, { status: 501 });

export const notFound = {
  loadBalancer: (what: string): AwsError =>
    new AwsError("LoadBalancerNotFound", `Load balancers '[${what}]' not found`),
  targetGroup: (): AwsError => new AwsError("TargetGroupNotFound", "One or more target groups not found"),
  actionTargetGroup: (arn: string): AwsError => new AwsError("TargetGroupNotFound", `Target group '${arn}' not found`),
  listener: (): AwsError => new AwsError("ListenerNotFound", "One or more listeners not found"),
  rule: (): AwsError => new AwsError("RuleNotFound", "One or more rules not found"),
};
