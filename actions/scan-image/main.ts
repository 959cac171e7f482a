import { runAction } from "../lib/action.ts";
import { environmentClock } from "../lib/clock.ts";
import { inputs } from "./inputs.ts";
import { scanImage } from "./scan-image.ts";

export const main = () =>
  runAction({
    name: "scan-image",
    inputs,
    run: (given, progress, env) => scanImage(given, progress, { env, clock: environmentClock(env) }),
  });
