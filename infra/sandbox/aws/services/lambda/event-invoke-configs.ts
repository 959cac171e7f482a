import type { DestinationConfig, FunctionEventInvokeConfig, Lambda } from "@aws-sdk/client-lambda";
import type { Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import {
  type EventInvokeConfig,
  eventInvokeKey,
  functionArn,
  functionOf,
  invalid,
  notFound,
  type Store,
  type Target,
  targetOf,
} from "./model.ts";

/** Retries and destinations of calls that nobody waits for. */

const DESTINATIONS = ["sns", "lambda", "events"];

function checkDestination(name: string, arn: string | undefined): string | undefined {
  if (!arn) return undefined;
  if (DESTINATIONS.includes(arn.split(":")[2] ?? "")) return arn;
  throw invalid(
    `${name}.Destination must be the ARN of a topic, function or event bus in this sandbox (no queues or buckets), got ${arn}.`,
  );
}

function shown(store: Store, name: string, qualifier: string, config: EventInvokeConfig): FunctionEventInvokeConfig {
  const { onSuccess, onFailure } = config;
  return {
    FunctionArn: functionArn(store, name, qualifier || "$LATEST"),
    LastModified: config.modified,
    MaximumRetryAttempts: config.attempts,
    MaximumEventAgeInSeconds: config.ageSeconds,
    DestinationConfig: {
      OnSuccess: onSuccess ? { Destination: onSuccess } : {},
      OnFailure: onFailure ? { Destination: onFailure } : {},
    },
  };
}

interface Given {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: DestinationConfig;
}

function checked(given: Given): Omit<EventInvokeConfig, "modified"> {
  const { MaximumRetryAttempts: attempts, MaximumEventAgeInSeconds: ageSeconds, DestinationConfig } = given;
  if (attempts !== undefined && !(attempts >= 0 && attempts <= 2))
    throw invalid(`MaximumRetryAttempts must be 0 to 2, got ${attempts}.`);
  if (ageSeconds !== undefined && !(ageSeconds >= 60 && ageSeconds <= 21_600))
    throw invalid(`MaximumEventAgeInSeconds must be 60 to 21600, got ${ageSeconds}.`);
  const onSuccess = checkDestination("OnSuccess", DestinationConfig?.OnSuccess?.Destination);
  const onFailure = checkDestination("OnFailure", DestinationConfig?.OnFailure?.Destination);
  return { attempts, ageSeconds, onSuccess, onFailure };
}

const keyOf = ({ qualifier }: Target): string => eventInvokeKey(qualifier);

export function eventInvokeConfigs(store: Store): Operations<Lambda> {
  const now = () => store.context.clock.now();
  const existing = (target: Target) => {
    const config = target.stored.eventInvoke[keyOf(target)];
    if (config) return config;
    throw notFound(
      `The function ${functionArn(store, target.stored.name, target.qualifier)} doesn't have an EventInvokeConfig`,
    );
  };
  const put = (target: Target, config: EventInvokeConfig) => {
    target.stored.eventInvoke[keyOf(target)] = config;
    return shown(store, target.stored.name, keyOf(target), config);
  };
  return {
    PutFunctionEventInvokeConfig: ({ FunctionName, Qualifier, ...given }) =>
      put(targetOf(store, FunctionName, Qualifier), { ...checked(given), modified: now() }),
    UpdateFunctionEventInvokeConfig: ({ FunctionName, Qualifier, ...given }) => {
      const target = targetOf(store, FunctionName, Qualifier);
      const changes = Object.entries(checked(given)).filter(([, value]) => value !== undefined);
      return put(target, { ...existing(target), ...Object.fromEntries(changes), modified: now() });
    },
    GetFunctionEventInvokeConfig: ({ FunctionName, Qualifier }) => {
      const target = targetOf(store, FunctionName, Qualifier);
      return shown(store, target.stored.name, keyOf(target), existing(target));
    },
    DeleteFunctionEventInvokeConfig: ({ FunctionName, Qualifier }) => {
      const target = targetOf(store, FunctionName, Qualifier);
      existing(target);
      delete target.stored.eventInvoke[keyOf(target)];
      return {};
    },
    ListFunctionEventInvokeConfigs: ({ FunctionName, Marker, MaxItems = 50 }) => {
      const stored = functionOf(store, FunctionName);
      const all = Object.entries(stored.eventInvoke).map(([key, config]) => shown(store, stored.name, key, config));
      const page = pageOf(all, { token: Marker, limit: MaxItems, invalidToken: "InvalidParameterValueException" });
      return { FunctionEventInvokeConfigs: page.items, NextMarker: page.nextToken };
    },
  };
}
