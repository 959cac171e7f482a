import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "@jest/globals";

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** A real process: an agent whose one route, /slow, answers `ms` after it has its whole body. */
function start(env: Record<string, string> = {}) {
  const program = join(import.meta.dirname, "testing-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const lines: Record<string, unknown>[] = [];
  const written = new EventEmitter();
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(JSON.parse(text));
    written.emit("line");
  });
  const line = async (message: string) => {
    for (;;) {
      const found = lines.find((one) => one.message === message);
      if (found) return found;
      await once(written, "line");
    }
  };
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, lines, line, ended, port: async () => Number((await line("listening")).port) };
}

async function open(port: number) {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("utf8").on("data", (text) => {
    received += text;
  });
  await once(socket, "connect");
  socket.on("error", () => {});
  return { socket, closed: once(socket, "close"), received: () => received };
}

/** Resolves when the agent has seen the request: it then says that it wants the body. */
async function announce(socket: Socket, length: number): Promise<void> {
  socket.write(`POST /slow HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`);
  await once(socket, "data");
}

const plainRequest = 'POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{"ms": 0}';

describe("SIGTERM", () => {
  test("finishes requests in flight with Connection: close, also one whose body is still coming, then ends with 0", async () => {
    const { child, lines, line, ended, port } = start();
    const [slow, uploading] = [await open(await port()), await open(await port())];
    await announce(slow.socket, 11);
    await announce(uploading.socket, 9);
    slow.socket.write('{"ms": 400}');
    uploading.socket.write('{"ms":');
    child.kill("SIGTERM");
    await line("stopping");
    uploading.socket.write(" 0}");
    await Promise.all([slow.closed, uploading.closed]);
    for (const { received } of [slow, uploading]) {
      expect(received()).toMatch(/HTTP\/1\.1 200 OK/);
      expect(received()).toMatch(/connection: close/i);
      expect(received()).toContain('{"slept":');
    }
    expect(await ended).toBe(0);
    expect(lines.at(-1)).toMatchObject({ message: "stopped", cut: 0 });
  });

  test("answers a request that was on its way on an idle connection, closes it, and takes no new one", async () => {
    const { child, line, ended, port } = start();
    const [used, unused] = [await open(await port()), await open(await port())];
    used.socket.write(plainRequest);
    await once(used.socket, "data");
    child.kill("SIGTERM");
    await line("stopping");
    used.socket.write(plainRequest);
    await expect(open(await port())).rejects.toThrow("ECONNREFUSED");
    await Promise.all([used.closed, unused.closed]);
    expect(used.received().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(await ended).toBe(0);
  });

  test("cuts what does not finish before the task would be killed, says so and ends with 1", async () => {
    const { child, lines, ended, port } = start({ STOP_SECONDS: "3" });
    const { socket } = await open(await port());
    await announce(socket, 13);
    socket.write('{"ms": 60000}');
    child.kill("SIGINT");
    expect(await ended).toBe(1);
    expect(lines.at(-1)).toMatchObject({ level: "error", message: "stopped", cut: 1 });
  });
});

describe("start", () => {
  test("a wrong environment is one line with every problem, no stack, status 1", async () => {
    const { lines, ended } = start({ PORT: "http", BETA_URL: "beta", ROUTE_PATH: "x" });
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
    const { lines, ended } = start({ PORT: String((other.address() as AddressInfo).port) });
    expect(await ended).toBe(1);
    other.close();
    expect(lines).toMatchObject([{ level: "error", message: expect.stringContaining("EADDRINUSE") }]);
  });
});
