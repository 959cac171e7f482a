import config from "./jest.config.js";

/** One test per operation of the sandbox's AWS, and hostile requests; with `TARGET=aws` against a real account. */
export default {
  ...config,
  testMatch: ["<rootDir>/test/conformance/**/*.test.ts"],
  testPathIgnorePatterns: config.testPathIgnorePatterns.filter((pattern) => pattern !== "/test/conformance/"),
};
