import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { logs } from "../../infra/sandbox/aws/services/logs/service.ts";
import { s3 } from "../../infra/sandbox/aws/services/s3/service.ts";
import { ssm } from "../../infra/sandbox/aws/services/ssm/service.ts";
import { startHarness } from "./harness.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "state-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const start = () => startHarness([ssm, s3, logs], { dataDir });

test("a second start continues with what the first one knew", async () => {
  const first = await start();
  await first.aws.ssm.putParameter({ Name: "/a", Value: "one", Type: "String" });
  await first.aws.s3.createBucket({ Bucket: "kept" });
  await first.aws.s3.putObject({ Bucket: "kept", Key: "k", Body: Readable.from([Buffer.from("bytes")]) });
  await first.aws.logs.createLogGroup({ logGroupName: "g" });
  await first.aws.logs.createLogStream({ logGroupName: "g", logStreamName: "s" });
  const logEvents = [{ message: "line", timestamp: Date.now() }];
  await first.aws.logs.putLogEvents({ logGroupName: "g", logStreamName: "s", logEvents });
  await first.stop();

  const second = await start();
  const { Parameter } = await second.aws.ssm.getParameter({ Name: "/a" });
  expect(Parameter?.Value).toBe("one");
  expect(Parameter?.LastModifiedDate).toBeInstanceOf(Date);
  const { Body } = await second.aws.s3.getObject({ Bucket: "kept", Key: "k" });
  expect(await Body?.transformToString()).toBe("bytes");
  expect((await second.aws.logs.filterLogEvents({ logGroupName: "g" })).events?.[0]?.message).toBe("line");
  await second.stop();
});

test("a folder that another running process uses is refused; a dead one's is taken over", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await mkdir(join(dataDir, "state"));
  await writeFile(join(dataDir, "state", "lock"), String(child.pid));
  await expect(start()).rejects.toThrow(`in use by process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await start()).stop();
  expect(await readdir(join(dataDir, "state"))).not.toContain("lock");
});
