import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import { AwsError } from "../../kernel.ts";
import type { StoredParameter } from "./parameter.ts";

/** `/a/b` under `/a`: at any depth, or directly. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith("/") ? path : `${path}/`;
  if (!name.startsWith(prefix)) return false;
  return recursive || !name.slice(prefix.length).includes("/");
}

const options: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  Equals: (value, wanted) => value === wanted,
  BeginsWith: (value, wanted) => value.startsWith(wanted),
  Contains: (value, wanted) => value.includes(wanted),
};

/** What a filter compares; `undefined` for a key that does not exist. */
function valuesOf(parameter: StoredParameter, key: string): string[] | undefined {
  const last = parameter.versions.at(-1);
  if (key === "Name") return [parameter.name];
  if (key === "Type") return [last?.Type ?? ""];
  if (key === "Tier") return [last?.Tier ?? ""];
  if (key === "DataType") return [last?.DataType ?? ""];
  if (key === "KeyId") return [last?.KeyId ?? ""];
  if (key === "Label") return parameter.versions.flatMap(({ Labels }) => Labels);
  if (key.startsWith("tag:"))
    return parameter.tags.filter(({ Key }) => Key === key.slice(4)).map(({ Value }) => Value ?? "");
  return undefined;
}

/** @throws AwsError InvalidFilterKey, InvalidFilterOption */
export function matches(parameter: StoredParameter, { Key = "", Option, Values }: ParameterStringFilter): boolean {
  if (Key === "Path") return (Values ?? []).some((path) => isUnder(parameter.name, path, Option === "Recursive"));
  const actual = valuesOf(parameter, Key);
  if (!actual) throw new AwsError("InvalidFilterKey", `The specified filter key is not valid: ${Key}`);
  const compare = options[Option ?? "Equals"];
  if (!compare) throw new AwsError("InvalidFilterOption", `The specified filter option is not valid: ${Option}`);
  if (!Values || Values.length === 0) return actual.length > 0;
  return actual.some((value) => Values.some((wanted) => compare(value, wanted)));
}
