import { ECRClient } from "@aws-sdk/client-ecr";
import { runAction } from "../lib/action.ts";
import { environmentClock } from "../lib/clock.ts";
import { inputs } from "./inputs.ts";
import { push } from "./push-image.ts";

export const main = () =>
  runAction({
    name: "push-image",
    inputs,
    run: (given, progress, env) => push(given, progress, { env, clock: environmentClock(env), ecr: new ECRClient({}) }),
  });
