/** Third-party actions that run here without being fetched, at whatever ref they are pinned. */
export const standInNames = [
  "actions/checkout",
  "actions/setup-node",
  "actions/upload-artifact",
  "actions/download-artifact",
  "aws-actions/configure-aws-credentials",
] as const;

export type StandInName = (typeof standInNames)[number];
