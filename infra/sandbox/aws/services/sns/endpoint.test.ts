import { expect, test } from "@jest/globals";
import { endpointOf } from "./endpoint.ts";

test("a password in an endpoint's URL goes into a header and out of sight", () => {
  expect(endpointOf("http://ops:p%40ss@127.0.0.1:9000/alerts?x=1")).toEqual({
    url: "http://127.0.0.1:9000/alerts?x=1",
    headers: { authorization: `Basic ${Buffer.from("ops:p@ss").toString("base64")}` },
  });
});

test.each([
  "http://127.0.0.1:9000/alerts",
  "arn:aws:lambda:us-east-1:000000000000:function:f",
  "ops@example.com",
  "+4912345",
])("%s stays as it is", (endpoint) => {
  expect(endpointOf(endpoint)).toEqual({ url: endpoint, headers: {} });
});
