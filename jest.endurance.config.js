import config from "./jest.config.js";

/** What takes minutes: long random runs, load, large fleets, kills. One file at a time, so that figures mean something. */
export default {
  ...config,
  testMatch: ["<rootDir>/test/endurance/**/*.test.ts"],
  testPathIgnorePatterns: config.testPathIgnorePatterns.filter((pattern) => pattern !== "/test/endurance/"),
  maxWorkers: 1,
};
