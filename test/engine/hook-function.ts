import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DeploymentLifecycleHook, DeploymentLifecycleHookStage } from "@aws-sdk/client-ecs";
import { Lambda } from "@aws-sdk/client-lambda";
import { zip } from "../conformance/lambda/zip.ts";
import type { Engine } from "./engine.ts";

/** What ECS tells a hook, as far as tests look at it. */
export interface HookEvent {
  readonly executionId: string;
  readonly lifecycleStage: string;
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    readonly targetServiceRevisionArn: string;
    readonly testTrafficWeights: Record<string, number>;
    readonly productionTrafficWeights: Record<string, number>;
  };
  readonly hookDetails?: Record<string, unknown>;
}

/** The function's own code: it hands the event to the test and returns what the test says, or throws it. */
const CODE = `
exports.handler = async (event) => {
  const answer = await fetch(process.env.TEST_URL, { method: "POST", body: JSON.stringify(event) });
  const { returned, thrown } = await answer.json();
  if (thrown) throw new Error(thrown);
  return returned;
};`;

export type Answer = { readonly returned: unknown } | { readonly thrown: string };

/** A real Lambda function whose verdicts a test decides. */
export class HookFunction {
  arn = "";
  role = "";
  /** What it was told, in the order of its calls. */
  readonly events: HookEvent[] = [];
  /** Decides each verdict; by default SUCCEEDED. */
  answer: (event: HookEvent) => Answer = () => SUCCEEDED;
  readonly #server: Server;
  #forget: () => Promise<unknown> = async () => undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const event = JSON.parse(Buffer.concat(chunks).toString()) as HookEvent;
        this.events.push(event);
        response.end(JSON.stringify(this.answer(event)));
      });
    });
  }

  static async start(engine: Engine, name: string): Promise<HookFunction> {
    const hook = new HookFunction();
    await new Promise<void>((resolve) => hook.#server.listen(0, "127.0.0.1", resolve));
    const { port } = hook.#server.address() as AddressInfo;
    hook.role = await engine.role(`${name}-invoke`);
    const lambda = engine.client(Lambda);
    const made = await lambda.createFunction({
      FunctionName: name,
      Role: await engine.role(`${name}-run`, "lambda.amazonaws.com"),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: zip({ "index.js": CODE }) },
      Environment: { Variables: { TEST_URL: `http://127.0.0.1:${port}` } },
    });
    hook.arn = made.FunctionArn ?? "";
    hook.#forget = () => lambda.deleteFunction({ FunctionName: name });
    return hook;
  }

  /** As a lifecycle hook of a service. */
  at(...lifecycleStages: DeploymentLifecycleHookStage[]): DeploymentLifecycleHook {
    return { targetType: "AWS_LAMBDA", hookTargetArn: this.arn, roleArn: this.role, lifecycleStages };
  }

  /** Before each test. */
  reset(): void {
    this.events.length = 0;
    this.answer = () => SUCCEEDED;
  }

  /** Stages it was called at. */
  get stages(): string[] {
    return this.events.map((event) => event.lifecycleStage);
  }

  async stop(): Promise<void> {
    await this.#forget();
    await this.close();
  }

  /** Stops listening; the function stays where its sandbox keeps it. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

export const SUCCEEDED: Answer = { returned: { hookStatus: "SUCCEEDED" } };
export const FAILED: Answer = { returned: { hookStatus: "FAILED" } };
