import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceModule } from "../../kernel.ts";
import { eventInvokeConfigs } from "./event-invoke-configs.ts";
import { EventQueue } from "./event-queue.ts";
import { Executor } from "./execution/execute.ts";
import { Pool } from "./execution/pool.ts";
import { codePath, functions } from "./functions.ts";
import { invoking } from "./invoke.ts";
import { codeInUse, storeOf } from "./model.ts";
import { permissions, settings } from "./permissions.ts";
import { versions } from "./versions.ts";

/** Lambda: the functions' real code runs in child processes of this machine's Node. */
export const lambda: ServiceModule = {
  id: "lambda",
  sdk: () => import("@aws-sdk/client-lambda"),
  create: (context) => {
    const store = storeOf(context);
    const pool = new Pool(store);
    const executor = new Executor(store, pool);
    const queue = new EventQueue(store, executor);
    return {
      operations: {
        ...functions(store, pool),
        ...versions(store),
        ...permissions(store),
        ...settings(store),
        ...eventInvokeConfigs(store),
        ...invoking(store, executor, queue),
      },
      http: async (request, response) => {
        const code = codePath(request.url ?? "");
        if (code === undefined) return false;
        if (!store.code.has(code)) response.writeHead(404).end();
        else response.writeHead(200, { "content-type": "application/zip" }).end(await store.code.zip(code));
        return true;
      },
      resume: async () => {
        // What functions of a sandbox that was killed left behind.
        await rm(join(context.dataDir, "lambda", "tmp"), { recursive: true, force: true });
        await store.code.keep(codeInUse(store));
        queue.resume();
      },
      stop: async () => {
        const stopped = queue.stop();
        await pool.stop();
        await stopped;
      },
    };
  },
};
