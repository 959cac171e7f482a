import type { ECS, Setting, SettingName } from "@aws-sdk/client-ecs";
import { AwsError, type Operations } from "../../kernel.ts";
import type { Records } from "./records.ts";

const DEFAULTS: Readonly<Partial<Record<SettingName, string>>> = {
  awsvpcTrunking: "disabled",
  containerInsights: "disabled",
  containerInstanceLongArnFormat: "enabled",
  defaultLogDriverMode: "non-blocking",
  fargateFIPSMode: "disabled",
  fargateTaskRetirementWaitPeriod: "7",
  guardDutyActivate: "off",
  serviceLongArnFormat: "enabled",
  tagResourceAuthorization: "off",
  taskLongArnFormat: "enabled",
};

const isSetting = (name: string | undefined): name is SettingName => name !== undefined && name in DEFAULTS;

/** Account settings are recorded; none of them changes what the sandbox does. */
export function accountSettingOperations(records: Records): Operations<ECS> {
  const stored = records.context.state.collection<string>("account-settings");
  const principalArn = `arn:aws:iam::${records.context.account}:root`;
  const view = (name: SettingName): Setting => ({
    name,
    value: stored.get(name) ?? DEFAULTS[name],
    principalArn,
    type: "user",
  });
  const put = (name: string | undefined, value: string | undefined): { setting: Setting } => {
    if (!isSetting(name))
      throw new AwsError(
        "InvalidParameterException",
        `Invalid setting name ${JSON.stringify(name)}. Allowed: ${Object.keys(DEFAULTS).join(", ")}.`,
      );
    stored.set(name, value ?? "");
    return { setting: view(name) };
  };
  return {
    ListAccountSettings: (input) => ({
      settings: Object.keys(DEFAULTS)
        .filter(isSetting)
        .filter((name) => !input.name || input.name === name)
        .map(view),
    }),
    PutAccountSetting: (input) => put(input.name, input.value),
    PutAccountSettingDefault: (input) => put(input.name, input.value),
  };
}
