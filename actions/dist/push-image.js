import { run } from "./index.js";

await run("push-image");
