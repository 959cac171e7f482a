import type { Change } from "@aws-sdk/client-cloudformation";
import type { StackParameter } from "../template/parameters.ts";

/** Hides the values of NoEcho parameters (of the old and the new version) wherever a change shows values. */
export function masked(parameters: readonly StackParameter[]): (change: Change) => Change {
  const values = parameters.filter(({ noEcho, value }) => noEcho && value !== "").map(({ value }) => value);
  // As text, and as it looks inside a JSON string.
  const secrets = [...new Set(values.flatMap((value) => [JSON.stringify(value).slice(1, -1), value]))];
  const hide = (text: string | undefined) =>
    text === undefined ? undefined : secrets.reduce((left, secret) => left.replaceAll(secret, "****"), text);
  return (change) => {
    const { BeforeContext, AfterContext, Details, ...rest } = change.ResourceChange ?? {};
    return {
      ...change,
      ResourceChange: {
        ...rest,
        BeforeContext: hide(BeforeContext),
        AfterContext: hide(AfterContext),
        Details: Details?.map((detail) => {
          const { BeforeValue, AfterValue, ...target } = detail.Target ?? {};
          return { ...detail, Target: { ...target, BeforeValue: hide(BeforeValue), AfterValue: hide(AfterValue) } };
        }),
      },
    };
  };
}
