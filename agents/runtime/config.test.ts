import { describe, expect, test } from "@jest/globals";
import { ConfigError, peerVariable, readConfig } from "./config.ts";

const alpha = {
  name: "alpha",
  purpose: "Adds.",
  agentId: 7,
  container: { port: 9000, stopTimeoutSeconds: 30 },
  route: { path: "/alpha" },
  calls: ["beta-gamma"],
};

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(alpha, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
};

describe("readConfig", () => {
  test("without any variable it takes what the manifest says", () => {
    expect(readConfig(alpha, {})).toEqual({
      ...{ version: "0.0.0", commit: "unknown", port: 9000, routePath: "/alpha", logLevel: "info" },
      ...{ peers: new Map([["beta-gamma", undefined]]), secrets: [] },
    });
  });

  test("reads what the platform sets; an empty or blank variable counts as not set", () => {
    const config = readConfig(alpha, {
      ...{
        PORT: "8080",
        ROUTE_PATH: "/",
        AGENT_NAME: "alpha",
        AGENT_VERSION: " ",
        AGENT_COMMIT: "0abc",
        LOG_LEVEL: "",
      },
      ...{ BETA_GAMMA_URL: "http://10.0.0.1:80/beta/", PRIVATE_KEY: " 0x12 ", OPENAI_API_KEY: "" },
    });
    expect(config).toMatchObject({ port: 8080, routePath: "", version: "0.0.0", commit: "0abc", secrets: ["0x12"] });
    expect(config.peers.get("beta-gamma")).toBe("http://10.0.0.1:80/beta");
  });

  test.each([
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "80x"],
    ["ROUTE_PATH", "alpha"],
    ["ROUTE_PATH", "/alpha/"],
    ["AGENT_NAME", "beta"],
    ["AGENT_COMMIT", "a b"],
    ["LOG_LEVEL", "loud"],
    ["BETA_GAMMA_URL", "beta:80"],
    ["BETA_GAMMA_URL", "file:///etc/passwd"],
    ["BETA_GAMMA_URL", "http://user:word@beta"],
    ["BETA_GAMMA_URL", "http://beta/?a=1"],
  ])("refuses %s=%s", (variable, value) => {
    expect(problemsOf({ [variable]: value })).toEqual([variable]);
  });

  test("names every wrong variable in one sentence", () => {
    expect(() => readConfig(alpha, { PORT: "x", LOG_LEVEL: "loud" })).toThrow(
      /^2 problems in the environment variables: PORT is "x"; allowed: a port, 0-65535 .*; LOG_LEVEL is "loud"; allowed: debug, info/,
    );
  });
});

test("a peer is found through a variable with its name", () => {
  expect(peerVariable("alpha-beta")).toBe("ALPHA_BETA_URL");
});
