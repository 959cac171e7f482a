import { runAction } from "../lib/action.ts";
import { cancelSignal } from "../lib/github/cancel.ts";
import { inputs } from "./inputs.ts";
import { rollbackService } from "./rollback-service.ts";

export const main = () => {
  const cancel = cancelSignal();
  return runAction({
    name: "rollback-service",
    inputs,
    run: (i, say, env) => rollbackService(i, say, { env, cancel }),
  });
};
