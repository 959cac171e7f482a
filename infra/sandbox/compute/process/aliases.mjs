/**
 * Loaded into every task of the process driver before its own code. A task that Service Connect serves finds the names
 * of its client aliases in /etc/hosts, as addresses of 127.255.0.0/16 at which a proxy listens. A process of this
 * machine has no hosts file of its own, so looking such a name up answers its address here, and a connection to the
 * name or the address and the alias's port is led to where the proxy really listens. Plain JavaScript, as it must load
 * in any Node 20 without a compiler.
 */
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** `[{ host, port, endpoint: { host, port } }]` as the driver was given them. */
const aliases = JSON.parse(process.env.KARMACADABRA_ALIASES ?? "[]");
delete process.env.KARMACADABRA_ALIASES;

/** Address by name: one per name, whatever its ports. */
const addresses = new Map();
for (const { host } of aliases)
  if (!addresses.has(host)) addresses.set(host, `127.255.${addresses.size >> 8}.${(addresses.size & 255) + 1}`);

/** Real endpoint by `name:port` and `address:port`. */
const endpoints = new Map(
  aliases.flatMap(({ host, port, endpoint }) => [
    [`${host}:${port}`, endpoint],
    [`${addresses.get(host)}:${port}`, endpoint],
  ]),
);

const named = (host) => addresses.get(String(host).toLowerCase().replace(/\.$/, ""));

/** Options that lead to the proxy, or the same back. */
function redirected(options) {
  const host = String(options.host ?? "").toLowerCase();
  const endpoint = endpoints.get(`${host}:${Number(options.port)}`);
  if (endpoint) return { ...options, host: endpoint.host, port: endpoint.port };
  const address = named(host);
  return address ? { ...options, host: address } : options;
}

function aliasConnect(connect) {
  return function connectToAlias(...args) {
    const [first, second] = args;
    // Node hands itself an array `[options, callback]` that it has marked as normalized: changed in place.
    if (Array.isArray(first)) first[0] = redirected(first[0]);
    else if (first !== null && typeof first === "object") args[0] = redirected(first);
    else if (typeof second === "string") args.splice(0, 2, redirected({ port: first, host: second }));
    return connect.apply(this, args);
  };
}

/** @returns what dns.lookup answers for an alias; `undefined` for other names. */
function answer(host, options) {
  const address = named(host);
  if (!address) return undefined;
  return options?.all ? [{ address, family: 4 }] : { address, family: 4 };
}

if (aliases.length > 0) {
  net.Socket.prototype.connect = aliasConnect(net.Socket.prototype.connect);
  const { lookup } = dns;
  dns.lookup = function lookupAlias(host, options, callback) {
    const done = typeof options === "function" ? options : callback;
    const found = answer(host, typeof options === "function" ? {} : options);
    if (!found) return lookup.call(this, host, options, callback);
    process.nextTick(() => (Array.isArray(found) ? done(null, found) : done(null, found.address, found.family)));
    return undefined;
  };
  const { lookup: lookupLater } = dns.promises;
  dns.promises.lookup = async (host, options) => answer(host, options) ?? lookupLater(host, options);
  syncBuiltinESMExports();
}
