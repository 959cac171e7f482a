import { type Between, type Scope, type Tag, tagChanges } from "./handler.ts";

/** Brings the tags of an EC2 resource from one list to another. */
export async function retag(
  id: string,
  { before, after }: Between<readonly Tag[] | undefined>,
  { aws: { ec2 } }: Scope,
): Promise<void> {
  const { set, remove } = tagChanges(before, after);
  if (set.length > 0) await ec2.createTags({ Resources: [id], Tags: set });
  if (remove.length > 0) await ec2.deleteTags({ Resources: [id], Tags: remove.map((Key) => ({ Key })) });
}
