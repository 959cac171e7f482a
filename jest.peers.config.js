import base from "./jest.config.js";

/** Tests against what others wrote. Each says why it is skipped where its peer is missing; see test/peers/run.ts. */
export default {
  ...base,
  testMatch: ["<rootDir>/test/peers/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/\\.sandbox/"],
  testTimeout: 180_000,
  maxWorkers: 1,
};
