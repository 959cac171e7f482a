/**
 * Loaded into every task of the process driver before its own code (`node --import`). Plain JavaScript: it must load
 * in any Node 20 without a compiler. It does what a container engine does:
 * - port mapping: listening on a container port really listens on a free port of 127.0.0.1, which the driver is told
 *   over the pipe (file descriptor 3), one JSON line each;
 * - no orphans: when the pipe closes the driver is gone, and so is this process and all it started;
 * and one thing that a fault asks for: the line `leak-memory` on the pipe makes the process take memory until it dies.
 */
import net from "node:net";
import { localPorts } from "./loopback.mjs";
import "./aliases.mjs"; // after loopback.mjs: an alias leads to a port of this machine, not of the container

const CHANNEL = 3;
const containerPorts = new Set((process.env.KARMACADABRA_CONTAINER_PORTS ?? "").split(",").filter(Boolean).map(Number));
delete process.env.KARMACADABRA_CONTAINER_PORTS;

const channel = new net.Socket({ fd: CHANNEL, readable: true, writable: true });
channel.unref();
channel.on("error", die);
channel.on("close", die);
channel.on("end", die);
channel.on("data", (data) => {
  if (String(data).includes("leak-memory")) leakMemory();
});

function die() {
  try {
    process.kill(-process.pid, "SIGKILL"); // its own process group: the driver made this process the leader
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
}

const LEAK_BYTES = 16 * 1024 * 1024;
const LEAK_INTERVAL_MS = 50;

/** Written, not only reserved: memory that is never touched is not resident. */
function leakMemory() {
  const hoard = [];
  setInterval(() => hoard.push(Buffer.alloc(LEAK_BYTES, 1)), LEAK_INTERVAL_MS);
}

/** @returns the port asked for, `undefined` for a pipe, a path or a handle. */
function requestedPort(args) {
  const [first] = args;
  if (typeof first === "number") return first;
  if (typeof first === "string" && /^\d+$/.test(first)) return Number(first);
  if (
    first &&
    typeof first === "object" &&
    first.path === undefined &&
    first.fd === undefined &&
    first.port !== undefined
  )
    return Number(first.port);
  return undefined;
}

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function mappedListen(...args) {
  const containerPort = requestedPort(args);
  if (containerPort === undefined || !containerPorts.has(containerPort)) return listen.apply(this, args);
  const callback = args.find((argument) => typeof argument === "function");
  const signal = typeof args[0] === "object" ? args[0].signal : undefined;
  this.once("listening", () => {
    const address = this.address();
    localPorts.set(containerPort, address.port);
    channel.write(`${JSON.stringify({ containerPort, port: address.port })}\n`);
  });
  return listen.call(this, { port: 0, host: "127.0.0.1", signal }, callback);
};
