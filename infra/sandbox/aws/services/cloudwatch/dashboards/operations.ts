import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { AwsError, type Collection, type Operations, type ServiceContext } from "../../../kernel.ts";
import { pageOf } from "../../../state/page.ts";
import { bodyMessages } from "./body.ts";

interface StoredDashboard {
  readonly name: string;
  readonly body: string;
  readonly modified: Date;
}

/** @throws AwsError InvalidParameterInput with every message, in the text (as AWS) and as members. */
function checkBody(body: string): void {
  const messages = bodyMessages(body);
  if (messages.length === 0) return;
  throw new AwsError(
    "InvalidParameterInput",
    `The dashboard body is invalid, there are ${messages.length} validation errors:\n${JSON.stringify(messages, null, 2)}`,
    {
      fields: {
        dashboardValidationMessages: messages.map(({ dataPath, message }) => ({
          DataPath: dataPath,
          Message: message,
        })),
      },
    },
  );
}

const PER_PAGE = 1_000;

export function dashboards(context: ServiceContext): Operations<CloudWatch> {
  const stored: Collection<StoredDashboard> = context.state.collection("dashboards");
  const arn = (name: string) => `arn:aws:cloudwatch::${context.account}:dashboard/${name}`;
  const missing = (name: string | undefined) =>
    new AwsError("ResourceNotFound", `Dashboard ${name} does not exist`, { status: 404 });
  return {
    PutDashboard: ({ DashboardName = "", DashboardBody = "" }) => {
      if (!/^[\w-]{1,255}$/.test(DashboardName))
        throw new AwsError(
          "InvalidParameterInput",
          `The dashboard name must be letters, digits, - and _, got ${JSON.stringify(DashboardName)}`,
        );
      checkBody(DashboardBody);
      stored.set(DashboardName, { name: DashboardName, body: DashboardBody, modified: context.clock.now() });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard: ({ DashboardName = "" }) => {
      const dashboard = stored.get(DashboardName);
      if (!dashboard) throw missing(DashboardName);
      return { DashboardName, DashboardArn: arn(DashboardName), DashboardBody: dashboard.body };
    },
    ListDashboards: ({ DashboardNamePrefix = "", NextToken }) => {
      const found = [...stored.values()].filter(({ name }) => name.startsWith(DashboardNamePrefix));
      const { items, nextToken } = pageOf(found, { token: NextToken, limit: PER_PAGE });
      return {
        DashboardEntries: items.map(({ name, body, modified }) => ({
          DashboardName: name,
          DashboardArn: arn(name),
          LastModified: modified,
          Size: Buffer.byteLength(body),
        })),
        NextToken: nextToken,
      };
    },
    DeleteDashboards: ({ DashboardNames = [] }) => {
      const unknown = DashboardNames.find((name) => !stored.has(name));
      if (unknown !== undefined) throw missing(unknown);
      for (const name of DashboardNames) stored.delete(name);
      return {};
    },
  };
}
