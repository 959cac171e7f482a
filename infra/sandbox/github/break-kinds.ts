/** One way to break a release: what it does and what should catch it. Kinds that nothing catches yet are not here. */
export interface BreakKind {
  readonly kind: string;
  /** What it does and what should catch it, in one line. */
  readonly does: string;
  /** TypeScript for the top of the agent's entry. Imports run before it, so it changes prototypes, not order. */
  readonly snippet: (healthPath: string) => string;
}

/**
 * Every HTTP server of the process asks `answer` first; the request goes on to the agent when it returns false.
 * `isHealth` knows the health path at the root and below the route.
 */
function intercept(healthPath: string, answer: string): string {
  return `import { Server as BrokenServer } from "node:http";
{
  const emit = BrokenServer.prototype.emit;
  const isHealth = (url) => (url ?? "/").split("?")[0].endsWith(${JSON.stringify(healthPath)});
  const answer = (request, response, proceed) => {
${answer}
  };
  BrokenServer.prototype.emit = function (event, ...args) {
    if (event === "request" && answer(args[0], args[1], () => emit.call(this, event, ...args))) return true;
    return emit.call(this, event, ...args);
  };
}`;
}

const reply = (status: number, body: object) =>
  `response.writeHead(${status}, { "content-type": "application/json" }).end(${JSON.stringify(JSON.stringify(body))});`;

export const breakKinds: readonly BreakKind[] = [
  {
    kind: "crash",
    does: "the process exits with code 1 as it starts; caught by ECS, whose tasks stop before they are healthy",
    snippet: () => `console.error("broken on purpose: the process exits as it starts");
process.exit(1);`,
  },
  {
    kind: "unhealthy",
    does: "the health check answers 503, everything else works; caught by the load balancer's health check",
    snippet: (healthPath) =>
      intercept(
        healthPath,
        `    if (!isHealth(request.url)) return false;
    ${reply(503, { status: "unhealthy", checks: { broken: "on purpose" } })}
    return true;`,
      ),
  },
  {
    kind: "slow",
    does: "every answer, the health check's too, comes after 20 seconds; caught by the load balancer's health check, whose timeout is shorter",
    snippet: (healthPath) =>
      intercept(
        healthPath,
        `    setTimeout(proceed, 20_000);
    return true;`,
      ),
  },
  {
    kind: "errors",
    does: "the health check passes, everything else answers 500; caught by the smoke requests at the test listener",
    snippet: (healthPath) =>
      intercept(
        healthPath,
        `    if (isHealth(request.url)) return false;
    ${reply(500, { error: "broken on purpose" })}
    return true;`,
      ),
  },
  {
    kind: "stale",
    does: "the health check names another commit than the one deployed, as an old image would; caught by the identity check at the test listener",
    snippet: (healthPath) =>
      intercept(
        healthPath,
        `    if (!isHealth(request.url)) return false;
    // Another commit of the same length keeps every header true.
    const older = (text) => text.replaceAll(/[0-9a-f]{40}/g, "${"0123456789".repeat(4)}");
    const aged = (chunk) =>
      typeof chunk === "string" ? older(chunk) : chunk instanceof Uint8Array ? Buffer.from(older(Buffer.from(chunk).toString())) : chunk;
    const { write, end } = response;
    response.write = (chunk, ...rest) => write.call(response, aged(chunk), ...rest);
    response.end = (chunk, ...rest) => end.call(response, aged(chunk), ...rest);
    return false;`,
      ),
  },
];
