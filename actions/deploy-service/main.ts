import { runAction } from "../lib/action.ts";
import { cancelSignal } from "../lib/github/cancel.ts";
import { deployService } from "./deploy-service.ts";
import { inputs } from "./inputs.ts";

export const main = () => {
  const cancel = cancelSignal();
  return runAction({
    name: "deploy-service",
    inputs,
    run: (given, say, env) => deployService(given, say, { env, cancel }),
  });
};
