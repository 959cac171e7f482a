import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "@jest/globals";

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** A real process: an agent whose one route, /slow, answers `ms` after it has its whole body. */
async function start(env: Record<string, string> = {}) {
  const program = join(import.meta.dirname, "testing-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const lines: Record<string, unknown>[] = [];
  const ended = once(child, "exit");
  const listening = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      lines.push(line);
      if (line.message === "listening") resolve(Number(line.port));
    });
    child.once("exit", () => reject(new Error("it ended before it listened")));
  });
  listening.catch(() => {});
  return { child, lines, ended: ended.then(([code]) => code as number | null), listening };
}

const request = (socket: Socket, body: string, length = body.length) =>
  socket.write(`POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n${body}`);

async function open(port: number) {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("utf8").on("data", (text) => {
    received += text;
  });
  await once(socket, "connect");
  return { socket, closed: once(socket, "close"), received: () => received };
}

describe("SIGTERM", () => {
  test("finishes requests in flight with Connection: close, also one whose body is still coming, then ends with 0", async () => {
    const { child, lines, ended, listening } = await start();
    const port = await listening;
    const [slow, uploading] = [await open(port), await open(port)];
    request(slow.socket, '{"ms": 700}');
    request(uploading.socket, '{"ms":', '{"ms": 1}'.length);
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 450));
    uploading.socket.write(" 1}");
    await Promise.all([slow.closed, uploading.closed]);
    for (const { received } of [slow, uploading]) {
      expect(received()).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(received()).toMatch(/connection: close/i);
      expect(received()).toContain('{"slept":');
    }
    expect(await ended).toBe(0);
    expect(lines.at(-1)).toMatchObject({ message: "stopped", cut: 0 });
  });

  test("answers a request that was on its way on an idle connection, closes it, and takes no new one", async () => {
    const { child, ended, listening } = await start();
    const port = await listening;
    const [used, unused] = [await open(port), await open(port)];
    request(used.socket, '{"ms": 0}');
    await once(used.socket, "data");
    child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(open(port)).rejects.toThrow("ECONNREFUSED");
    request(used.socket, '{"ms": 0}');
    await Promise.all([used.closed, unused.closed]);
    expect(used.received().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(await ended).toBe(0);
  });

  test("cuts what does not finish before the task would be killed, says so and ends with 1", async () => {
    const { child, lines, ended, listening } = await start({ STOP_SECONDS: "3" });
    const { socket } = await open(await listening);
    request(socket, '{"ms": 60000}');
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill("SIGINT");
    expect(await ended).toBe(1);
    expect(lines.at(-1)).toMatchObject({ level: "error", message: "stopped", cut: 1 });
  });
});

describe("start", () => {
  test("a wrong environment is one line with every problem, no stack, status 1", async () => {
    const { lines, ended } = await start({ PORT: "http", BETA_URL: "beta", ROUTE_PATH: "x" });
    expect(await ended).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: "error",
      message: expect.stringMatching(/^3 problems in the environment variables: .*PORT is "http"; allowed: a port/),
    });
    expect(JSON.stringify(lines)).not.toContain("    at ");
  });

  test("a port that is taken is one line, status 1", async () => {
    const other = createServer().listen(0);
    await once(other, "listening");
    const { lines, ended } = await start({ PORT: String((other.address() as AddressInfo).port) });
    expect(await ended).toBe(1);
    other.close();
    expect(lines).toMatchObject([{ level: "error", message: expect.stringContaining("EADDRINUSE") }]);
  });
});
