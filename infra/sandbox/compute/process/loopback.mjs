/**
 * Loaded before the code of a container's program and of commands run in it (`node --import`). In a container,
 * `localhost:9002` is the container's own port 9002; here it is some free port of this machine: connections to a
 * loopback address and a port of the container are led to where that port really listens. Plain JavaScript, as it must
 * load in any Node 20 without a compiler.
 */
import net from "node:net";

/** Real port by container port. Starts with what the driver knows, as `9002=40123,…`. */
export const localPorts = new Map(
  (process.env.KARMACADABRA_LOCAL_PORTS ?? "")
    .split(",")
    .filter(Boolean)
    .map((pair) => pair.split("=").map(Number)),
);
delete process.env.KARMACADABRA_LOCAL_PORTS;

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"]);

/** Options that lead to the real port, or the same back. */
function redirected(options) {
  const port = localPorts.get(Number(options.port));
  const isLocal = options.host === undefined || LOOPBACK.has(options.host);
  return port === undefined || !isLocal ? options : { ...options, host: "127.0.0.1", port };
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function loopbackConnect(...args) {
  const [first] = args;
  // Node hands itself an array `[options, callback]` that it has marked as normalized: changed in place.
  if (Array.isArray(first)) first[0] = redirected(first[0]);
  else if (first !== null && typeof first === "object" && first.port !== undefined) args[0] = redirected(first);
  else if (typeof first === "number" && (args[1] === undefined || typeof args[1] !== "string"))
    args[0] = redirected({ port: first });
  else if (typeof first === "number") args.splice(0, 2, redirected({ port: first, host: args[1] }));
  return connect.apply(this, args);
};
