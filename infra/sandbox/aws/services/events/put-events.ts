import type { EventBridge, PutEventsRequestEntry, PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import type { Operations, RequestContext } from "../../kernel.ts";
import { uuid } from "../../uuid.ts";
import { isRecord } from "../../wire/values.ts";
import { busName, type Event, type Store, validation } from "./model.ts";
import type { Router } from "./router.ts";

const MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;

interface Refusal {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const invalid = (name: string): Refusal => ({
  ErrorCode: "InvalidArgument",
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});

function detailOf(text: string): Record<string, unknown> | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return isRecord(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** Sources that begin with `aws.` are those of AWS's own services: here, of the sandbox's, which call in process. */
function refusal(store: Store, entry: PutEventsRequestEntry, { caller }: RequestContext): Refusal | undefined {
  const { Source, DetailType, Detail, EventBusName } = entry;
  if (!Source) return invalid("Source");
  if (!DetailType) return invalid("DetailType");
  if (!Detail) return invalid("Detail");
  if (!detailOf(Detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  if (Source.startsWith("aws.") && caller.service === undefined)
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  if (store.buses.has(busName(EventBusName))) return undefined;
  return { ErrorCode: "ResourceNotFoundException", ErrorMessage: `Event bus ${busName(EventBusName)} does not exist.` };
}

function eventOf({ context }: Store, entry: PutEventsRequestEntry): Event {
  const { Source = "", DetailType = "", Detail = "", Resources = [], Time = context.clock.now() } = entry;
  return {
    version: "0",
    id: uuid(context),
    "detail-type": DetailType,
    source: Source,
    account: context.account,
    time: Time.toISOString().replace(/\.\d+Z$/, "Z"),
    region: context.region,
    resources: Resources,
    detail: detailOf(Detail) ?? {},
  };
}

const sizeOf = ({ Source = "", DetailType = "", Detail = "", Resources = [] }: PutEventsRequestEntry): number =>
  Buffer.byteLength([Source, DetailType, Detail, ...Resources].join(""));

export function putEvents(store: Store, router: Router): Operations<EventBridge> {
  return {
    PutEvents: ({ Entries = [], EndpointId }, request) => {
      if (EndpointId) throw validation("The sandbox has no global endpoints (EndpointId).");
      if (Entries.length === 0 || Entries.length > MAX_ENTRIES)
        throw validation(
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}, got ${Entries.length}`,
        );
      const bytes = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (bytes > MAX_BYTES)
        throw validation(
          `Total size of the entries in the request is over the limit: ${bytes} bytes, at most ${MAX_BYTES}.`,
        );
      const results = Entries.map((entry): PutEventsResultEntry => {
        const refused = refusal(store, entry, request);
        if (refused) return refused;
        const event = eventOf(store, entry);
        router.route(busName(entry.EventBusName), event);
        return { EventId: event.id };
      });
      return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode).length, Entries: results };
    },
  };
}
