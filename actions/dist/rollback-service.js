import { run } from "./index.js";

await run("rollback-service");
