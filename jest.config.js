/** ESM throughout: `npm test` sets --experimental-vm-modules; SWC strips the types, tsc checks them. */
export default {
  testEnvironment: "node",
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: [
    "/node_modules/",
    "/actions/dist/",
    "/test/conformance/",
    "/test/peers/",
    "/test/endurance/",
    "/\\.sandbox/",
    "/cdk\\.out/",
  ],
  modulePathIgnorePatterns: ["/actions/dist/", "/\\.sandbox/", "/cdk\\.out/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: { target: "es2022", parser: { syntax: "typescript" }, experimental: { keepImportAttributes: true } },
        module: { type: "es6" },
      },
    ],
  },
  setupFiles: ["<rootDir>/test/setup.js"],
  testTimeout: 30_000,
  maxWorkers: 2,
};
