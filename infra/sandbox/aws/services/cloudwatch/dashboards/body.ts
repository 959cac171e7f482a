import { isRecord } from "../../../wire/values.ts";
import { integer, type Json, list, type Message, oneOf, record, text, wrong } from "./checks.ts";
import { metricRows, periodMessages } from "./metric-rows.ts";

/** What PutDashboard finds wrong with a body, by CloudWatch's "Dashboard body structure and syntax". */
const MOST_WIDGETS = 500;
const MOST_VARIABLES = 25;
const COLUMNS = 24;
const VIEWS = ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"];
const LOG_VIEWS = ["table", "timeSeries", "bar", "pie"];

function metricProperties(properties: Json, path: string): Message[] {
  const { annotations, metrics, view } = properties;
  const hasAlarms = isRecord(annotations) && annotations.alarms !== undefined;
  const hasMetrics = metrics !== undefined;
  const left = record(record(properties.yAxis).left);
  const isGauge = view === "gauge" && (typeof left.min !== "number" || typeof left.max !== "number");
  return [
    ...(properties.region === undefined ? wrong(path, "Should have required property 'region'") : []),
    ...(hasMetrics === hasAlarms ? wrong(path, "Should match exactly one of metrics and annotations.alarms") : []),
    ...(hasMetrics ? metricRows(metrics, `${path}/metrics`) : []),
    ...(hasAlarms && list(annotations.alarms).length !== 1
      ? wrong(`${path}/annotations/alarms`, "Should have exactly 1 items")
      : []),
    ...oneOf(view, `${path}/view`, VIEWS),
    ...(isGauge ? wrong(`${path}/yAxis/left`, "Should have required properties 'min' and 'max' in a gauge") : []),
    ...periodMessages(properties.period, `${path}/period`),
  ];
}

function logProperties({ query, region, view }: Json, path: string): Message[] {
  const begins = typeof query === "string" && /^\s*SOURCE\b/.test(query);
  return [
    ...(region === undefined ? wrong(path, "Should have required property 'region'") : []),
    ...(begins ? [] : wrong(`${path}/query`, "Should begin with SOURCE and the log groups")),
    ...oneOf(view, `${path}/view`, LOG_VIEWS),
  ];
}

function alarmProperties({ alarms }: Json, path: string): Message[] {
  const count = list(alarms).length;
  return [
    ...(count >= 1 && count <= 100 ? [] : wrong(`${path}/alarms`, "Should have 1 to 100 items")),
    ...list(alarms).flatMap((alarm, index) =>
      typeof alarm === "string" && alarm.startsWith("arn:")
        ? []
        : wrong(`${path}/alarms/${index}`, "Should be the ARN of an alarm"),
    ),
  ];
}

const PROPERTIES: Readonly<Record<string, (properties: Json, path: string) => Message[]>> = {
  metric: metricProperties,
  log: logProperties,
  alarm: alarmProperties,
  text: ({ markdown }, path) => text(markdown, `${path}/markdown`),
  custom: ({ endpoint }, path) => text(endpoint, `${path}/endpoint`),
  explorer: () => [],
  chart: () => [],
};

function widgetMessages(widget: unknown, path: string): Message[] {
  if (!isRecord(widget)) return wrong(path, "Should be object");
  const { type, x, y, width = 6, properties } = widget;
  const check = typeof type === "string" && Object.hasOwn(PROPERTIES, type) ? PROPERTIES[type] : undefined;
  const isTooWide = typeof x === "number" && typeof width === "number" && x + width > COLUMNS;
  return [
    ...(check ? [] : oneOf(type ?? "(none)", `${path}/type`, Object.keys(PROPERTIES))),
    ...((x === undefined) === (y === undefined) ? [] : wrong(path, "x and y must be given together")),
    ...integer(x, `${path}/x`, [0, COLUMNS - 1]),
    ...integer(y, `${path}/y`, [0, Number.MAX_SAFE_INTEGER]),
    ...integer(width, `${path}/width`, [1, COLUMNS]),
    ...integer(widget.height, `${path}/height`, [1, 1000]),
    ...(isTooWide ? wrong(path, `x and width reach beyond the ${COLUMNS} columns`) : []),
    ...(isRecord(properties)
      ? (check?.(properties, `${path}/properties`) ?? [])
      : wrong(path, "Should have required property 'properties'")),
  ];
}

const TIME = /^(-P|\d{4}-\d{2}-\d{2}T)/;

function timeMessages(value: unknown, path: string): Message[] {
  return value === undefined || (typeof value === "string" && TIME.test(value))
    ? []
    : wrong(path, "Should be an ISO 8601 time or a duration such as -PT3H");
}

/** @param text the DashboardBody */
export function bodyMessages(source: string): Message[] {
  let body: unknown;
  try {
    body = JSON.parse(source);
  } catch (error) {
    return wrong("", `The body is not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!isRecord(body)) return wrong("", "Should be object");
  if (!Array.isArray(body.widgets)) return wrong("", "Should have required property 'widgets'");
  return [
    ...(body.widgets.length <= MOST_WIDGETS
      ? []
      : wrong("/widgets", `Should NOT have more than ${MOST_WIDGETS} items`)),
    ...body.widgets.flatMap((widget, index) => widgetMessages(widget, `/widgets/${index}`)),
    ...timeMessages(body.start, "/start"),
    ...timeMessages(body.end, "/end"),
    ...oneOf(body.periodOverride, "/periodOverride", ["auto", "inherit"]),
    ...(list(body.variables).length <= MOST_VARIABLES
      ? []
      : wrong("/variables", `Should NOT have more than ${MOST_VARIABLES} items`)),
  ];
}
