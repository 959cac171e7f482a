import type { AwsClients } from "./kernel.ts";

/** Why the sandbox refuses what it does not implement; the first pattern that fits an operation's name counts. */
type Reasons = readonly (readonly [operations: RegExp, reason: string])[];

const NOT_NEEDED = "the platform does not use it so far";
const ONE_ACCOUNT = "the sandbox is one account in one region";
const NO_INSTANCES = "tasks run on Fargate; the sandbox has no instances";
const NO_PEOPLE = "the sandbox knows roles, not people and their keys";

const REASONS: Partial<Readonly<Record<keyof AwsClients, Reasons>>> = {
  cloudformation: [
    [/StackSet|StackInstance|Organizations/, ONE_ACCOUNT],
    [/Type|Publisher|RecordHandlerProgress|Hook/, "resource types are built in; there is no registry of types"],
    [/GeneratedTemplate|ResourceScan|StackRefactor/, "stacks come from templates, not from what exists"],
    [/Drift/, "nobody but the stacks changes what is in them, except ECS, whose changes belong there"],
    [/EstimateTemplateCost/, "costs are estimated by the platform's own action"],
    [/SignalResource/, NO_INSTANCES],
  ],
  cloudwatch: [
    [/AnomalyDetector|InsightRule/, "the sandbox has no model of what is normal"],
    [/MetricStream|OTel|Dataset|ResourceMetrics/, "metrics stay in the sandbox"],
    [/GetMetricWidgetImage/, "the sandbox draws no images; its console shows the fleet"],
  ],
  ec2: [
    [/TransitGateway|Vpn|VpcPeering|CustomerGateway|LocalGateway|RouteServer|VerifiedAccess|Carrier/, ONE_ACCOUNT],
    [/Ipam|Byoip|Coip|PublicIpv4Pool|SecondaryNetwork|SecondarySubnet|Ipv6/, "the sandbox's network is private IPv4"],
    [
      /Instance|Image|Snapshot|Volume|Spot|Fleet|LaunchTemplate|KeyPair|Host|Capacity|PlacementGroup|Fpga|Mac|Bundle/,
      NO_INSTANCES,
    ],
    [
      /NetworkInsights|TrafficMirror|FlowLog|NetworkAcl/,
      "packets are not simulated, so nothing can be watched in them",
    ],
  ],
  ecr: [
    [/PullThroughCache|RegistryPolicy|RepositoryCreationTemplate|Replication/, ONE_ACCOUNT],
    [/Scan/, "images are scanned by the platform's own action, which reads the layers"],
  ],
  ecs: [
    [/ContainerInstance|ContainerAgent|Attributes|PollEndpoint|Submit|CapacityProvider|StartTask/, NO_INSTANCES],
    [/TaskSet/, "the deployment controller is ECS's own; task sets belong to the external one"],
    [/Daemon/, "daemons need managed instances, which the sandbox does not have"],
    [/ExpressGateway|Gateway/, "the load balancer is made by the infrastructure, not by ECS"],
    [/ExecuteCommand/, "there is no session channel into a task; its process runs on this machine"],
  ],
  elasticloadbalancing: [
    [/TrustStore/, "listeners do not ask clients for certificates"],
    [/CapacityReservation|IpPools/, "the sandbox's load balancer has the capacity of this machine"],
  ],
  events: [
    [/ApiDestination|Connection|Endpoint|PartnerEvent|EventSource/, "events stay in the sandbox"],
    [/Archive|Replay/, "events are delivered once and not kept"],
  ],
  iam: [
    [/User|Group|AccessKey|LoginProfile|MFA|Password|SSHPublicKey|SigningCert|ServiceSpecific|Alias/, NO_PEOPLE],
    [/Organizations|Delegation/, ONE_ACCOUNT],
    [/Simulate|ContextKeys|LastAccessed|Report/, "policies are stored and shown; only trust policies are evaluated"],
  ],
  kms: [
    [/CustomKeyStore|ImportKeyMaterial|ParametersForImport|ImportedKeyMaterial/, "keys are made here and stay here"],
    [/Replicate|PrimaryRegion/, ONE_ACCOUNT],
    [/Grant/, "calls are not authorized one by one, so there is nothing to grant"],
  ],
  lambda: [
    [/EventSourceMapping/, "the sandbox has no queue or stream to read from"],
    [/Layer/, "a function's code is one archive"],
    [/FunctionUrl|Response.?Stream/, "functions are invoked through the API"],
    [/CodeSigning|Provisioned|CapacityProvider|DurableExecution/, NOT_NEEDED],
  ],
  logs: [
    [/Anomal|Integration|Transformer|Lookup|Syslog|ScheduledQuery|StorageTier/, NOT_NEEDED],
    [/Delivery|Destination|ExportTask|ImportTask|S3Table/, "log lines stay in the sandbox"],
    [/StartLiveTail/, "events are read by FilterLogEvents and `npm run sandbox -- logs`"],
  ],
  s3: [
    [/Replication|DirectoryBuckets|CreateSession/, ONE_ACCOUNT],
    [/Website|Accelerate|Torrent|RequestPayment|Cors/, "buckets hold the platform's own files; nobody browses them"],
    [/Metadata|Annotation|Analytics|Inventory|Metrics|IntelligentTiering/, "there is no reporting on buckets"],
    [/Acl/, "access is by policy, as AWS recommends"],
    [/LegalHold|ObjectLock|Retention|RestoreObject/, "objects are neither locked nor archived"],
  ],
  secretsmanager: [[/Replicat|RemoveRegions/, ONE_ACCOUNT]],
  servicediscovery: [[/HealthStatus/, "ECS reports the health of its tasks itself"]],
  sns: [
    [/PhoneNumber|SMS|Sandbox/i, "the sandbox sends no text messages"],
    [/Platform|Endpoint/, "the sandbox sends no push notifications"],
  ],
  ssm: [
    [/Parameter/, NOT_NEEDED],
    [/.*/, "of Systems Manager the sandbox has the parameter store; it manages no machines"],
  ],
  sts: [[/SAML|Federat|Root|Delegated|WebIdentityToken/, NO_PEOPLE]],
};

/** One clause: why an operation is not implemented. */
export function refusalReason(service: string, operation: string): string {
  const reasons = (REASONS as Readonly<Record<string, Reasons | undefined>>)[service] ?? [];
  return reasons.find(([operations]) => operations.test(operation))?.[1] ?? NOT_NEEDED;
}
