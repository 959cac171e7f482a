import type { ServiceModule } from "./kernel.ts";
import { autoscaling } from "./services/autoscaling/service.ts";
import { cloudformation } from "./services/cloudformation/service.ts";
import { cloudwatch } from "./services/cloudwatch/service.ts";
import { ec2 } from "./services/ec2/service.ts";
import { ecr } from "./services/ecr/service.ts";
import { ecs } from "./services/ecs/service.ts";
import { elasticloadbalancing } from "./services/elasticloadbalancing/service.ts";
import { events } from "./services/events/service.ts";
import { iam } from "./services/iam/service.ts";
import { kms } from "./services/kms/service.ts";
import { lambda } from "./services/lambda/service.ts";
import { logs } from "./services/logs/service.ts";
import { s3 } from "./services/s3/service.ts";
import { secretsmanager } from "./services/secretsmanager/service.ts";
import { servicediscovery } from "./services/servicediscovery/service.ts";
import { sns } from "./services/sns/service.ts";
import { ssm } from "./services/ssm/service.ts";
import { sts } from "./services/sts/service.ts";

/** Every service of the sandbox's AWS half, one line each. */
export const services: readonly ServiceModule[] = [
  autoscaling,
  cloudformation,
  cloudwatch,
  ec2,
  ecr,
  ecs,
  elasticloadbalancing,
  events,
  iam,
  kms,
  lambda,
  logs,
  s3,
  secretsmanager,
  servicediscovery,
  sns,
  ssm,
  sts,
];
