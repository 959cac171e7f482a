import type { TargetHealth } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../../../kernel.ts";
import type { RevisionRecord, TaskRecord, TaskTarget } from "../model.ts";

/** Health by group, then by `ip:port`. */
export type GroupHealth = ReadonlyMap<string, ReadonlyMap<string, TargetHealth>>;

const key = (ip: string | undefined, port: number | undefined): string => `${ip}:${port}`;

/** Reads the health of every group once. A group that is gone has no targets; one that cannot be read is left out. */
export async function readHealth(aws: AwsClients, groupArns: Iterable<string>): Promise<GroupHealth> {
  const groups = [...new Set(groupArns)].map(async (arn) => {
    try {
      const answer = await aws.elasticloadbalancing.describeTargetHealth({ TargetGroupArn: arn });
      const targets = (answer.TargetHealthDescriptions ?? []).map(
        ({ Target, TargetHealth: health }) => [key(Target?.Id, Target?.Port), health ?? {}] as const,
      );
      return [[arn, new Map(targets)] as const];
    } catch (error) {
      return isGone(error) ? [[arn, new Map()] as const] : [];
    }
  });
  return new Map((await Promise.all(groups)).flat());
}

const isGone = (error: unknown): boolean => error instanceof Error && /TargetGroupNotFound/.test(error.name);

export const healthOf = (health: GroupHealth, { groupArn, ip, port }: TaskTarget): TargetHealth | undefined =>
  health.get(groupArn)?.get(key(ip, port));

/** A target has left its group when the group does not know it any more, or says that it is not registered. */
export function hasLeft(health: GroupHealth, target: TaskTarget): boolean {
  const found = healthOf(health, target);
  return health.has(target.groupArn) && (found === undefined || found.State === "unused");
}

export async function registerTask(aws: AwsClients, record: TaskRecord, revision: RevisionRecord): Promise<void> {
  const { ip } = record;
  if (!ip) return;
  const wanted = revision.targets.map(({ groupArn, containerPort }) => ({ groupArn, ip, port: containerPort }));
  // Before they are registered: a sandbox that is killed in between must know after its restart what to deregister.
  record.targets = wanted;
  try {
    for (const target of wanted)
      await aws.elasticloadbalancing.registerTargets({
        TargetGroupArn: target.groupArn,
        Targets: [{ Id: target.ip, Port: target.port }],
      });
  } catch (error) {
    await deregisterTask(aws, record).catch(() => undefined);
    record.targets = [];
    throw error;
  }
}

export async function deregisterTask(aws: AwsClients, record: TaskRecord): Promise<void> {
  for (const { groupArn, ip, port } of record.targets)
    await aws.elasticloadbalancing
      .deregisterTargets({ TargetGroupArn: groupArn, Targets: [{ Id: ip, Port: port }] })
      .catch((error: unknown) => {
        // A group that is gone has let go of its targets already.
        if (!isGone(error)) throw error;
      });
}
