import config from "./jest.config.js";

/** What takes minutes: long random runs, load, large fleets, kills, and the documents' own commands. */
export default {
  ...config,
  testMatch: ["<rootDir>/test/endurance/**/*.test.ts"],
  testPathIgnorePatterns: config.testPathIgnorePatterns.filter((pattern) => pattern !== "/test/endurance/"),
};
