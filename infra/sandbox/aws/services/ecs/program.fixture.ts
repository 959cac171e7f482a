/** A small server; what is wrong with it is said by its kind. */
export type Kind = "good" | "crash" | "unhealthy" | "silent";

/** Source of the server, as an image holds it. */
export const program = (version: string, kind: Kind): string => `
import { createServer } from "node:http";
${kind === "crash" ? 'console.error("cannot start"); process.exit(3);' : ""}
const server = createServer((request, response) => {
  response.statusCode = request.url === "/health" && ${kind === "unhealthy"} ? 500 : 200;
  response.end(JSON.stringify({ version: ${JSON.stringify(version)}, environment: process.env }));
});
${kind === "silent" ? "setInterval(() => {}, 1000);" : "server.listen(Number(process.env.PORT));"}
console.log("started ${version}");
process.on("SIGTERM", () => { console.log("stopping"); server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;
