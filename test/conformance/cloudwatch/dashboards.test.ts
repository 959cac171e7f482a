import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { cloudwatch } from "../../../infra/sandbox/aws/services/cloudwatch/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: CloudWatch;
beforeAll(async () => {
  target = await startTarget([cloudwatch]);
  client = new CloudWatch(target.config);
});
afterAll(async () => {
  client.destroy();
  await target.stop();
});

const bodyOf = (...metrics: unknown[]) =>
  JSON.stringify({ widgets: [{ type: "metric", properties: { region: "us-east-1", metrics } }] });
const DashboardBody = bodyOf(["AWS/ECS", "CPUUtilization", "ClusterName", "fleet", { stat: "Average" }]);

/** A dashboard that is gone after the test. */
async function withDashboard(run: (name: string) => Promise<void>): Promise<void> {
  const DashboardName = target.unique("dashboard");
  await client.putDashboard({ DashboardName, DashboardBody });
  try {
    await run(DashboardName);
  } finally {
    await client.deleteDashboards({ DashboardNames: [DashboardName] });
  }
}

test("PutDashboard: a valid body is kept, a wrong one is refused with every problem", () =>
  withDashboard(async (DashboardName) => {
    const changed = await client.putDashboard({ DashboardName, DashboardBody: bodyOf(["Fleet", "Requests"]) });
    expect(changed.DashboardValidationMessages ?? []).toEqual([]);
    const wrong = ["AWS/ECS", "CPUUtilization", { dimensions: { ClusterName: "fleet" } }];
    const refused = client.putDashboard({ DashboardName, DashboardBody: bodyOf(wrong, wrong) });
    await expect(refused).rejects.toMatchObject({
      name: "DashboardInvalidInputError",
      message: expect.stringContaining("there are 2 validation errors"),
      dashboardValidationMessages: [
        { Message: expect.stringContaining("Should NOT have more than 2 items") },
        { Message: expect.stringContaining("Should NOT have more than 2 items") },
      ],
    });
  }));

test("GetDashboard: the body as it was put", () =>
  withDashboard(async (DashboardName) => {
    const found = await client.getDashboard({ DashboardName });
    expect(found).toMatchObject({ DashboardName, DashboardArn: expect.stringMatching(`dashboard/${DashboardName}$`) });
    expect(JSON.parse(found.DashboardBody ?? "")).toEqual(JSON.parse(DashboardBody));
    await expect(client.getDashboard({ DashboardName: `${DashboardName}-none` })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  }));

test("ListDashboards: by prefix", () =>
  withDashboard(async (name) => {
    const { DashboardEntries = [] } = await client.listDashboards({ DashboardNamePrefix: name });
    expect(DashboardEntries).toMatchObject([{ DashboardName: name, Size: expect.any(Number) }]);
  }));

test("DeleteDashboards: all or none", () =>
  withDashboard(async (name) => {
    const some = client.deleteDashboards({ DashboardNames: [name, `${name}-none`] });
    await expect(some).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
    expect(await client.getDashboard({ DashboardName: name })).toMatchObject({ DashboardName: name });
  }));
