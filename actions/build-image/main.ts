import { runAction } from "../lib/action.ts";
import { environmentClock } from "../lib/clock.ts";
import { buildImage } from "./build-image.ts";
import { inputs } from "./inputs.ts";

export const main = () =>
  runAction({
    name: "build-image",
    inputs,
    run: (given, progress, env) => buildImage(given, progress, { env, clock: environmentClock(env) }),
  });
