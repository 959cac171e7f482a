import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { iam } from "../../../infra/sandbox/aws/services/iam/service.ts";
import { startTarget, type Target } from "../target.ts";

let target: Target;
let client: IAM;
beforeAll(async () => {
  target = await startTarget([iam]);
  client = new IAM(target.config);
});
afterAll(() => target.stop());

const thumbprint = "a".repeat(40);

/** An identity provider that is gone after the test. */
async function withProvider(run: (OpenIDConnectProviderArn: string, Url: string) => Promise<void>): Promise<void> {
  const Url = `https://${target.unique("issuer")}.example`;
  const input = { Url, ClientIDList: ["sts.amazonaws.com"], ThumbprintList: [thumbprint] };
  const { OpenIDConnectProviderArn = "" } = await client.createOpenIDConnectProvider(input);
  try {
    await run(OpenIDConnectProviderArn, Url);
  } finally {
    await client.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn });
  }
}

const audiences = async (OpenIDConnectProviderArn: string) =>
  (await client.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).ClientIDList;

test("CreateOpenIDConnectProvider: one per issuer", () =>
  withProvider(async (arn, Url) => {
    expect(arn).toMatch(/^arn:aws:iam::\d{12}:oidc-provider\/conformance-issuer-/);
    await expect(client.createOpenIDConnectProvider({ Url })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
    });
  }));

test("GetOpenIDConnectProvider: issuer without its scheme, audiences, thumbprints", () =>
  withProvider(async (OpenIDConnectProviderArn, url) => {
    expect(await client.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).toMatchObject({
      Url: url.replace("https://", ""),
      ClientIDList: ["sts.amazonaws.com"],
      ThumbprintList: [thumbprint],
    });
  }));

test("ListOpenIDConnectProviders: holds a new one", () =>
  withProvider(async (arn) => {
    const { OpenIDConnectProviderList } = await client.listOpenIDConnectProviders({});
    expect(OpenIDConnectProviderList).toContainEqual({ Arn: arn });
  }));

test("AddClientIDToOpenIDConnectProvider: one more audience", () =>
  withProvider(async (OpenIDConnectProviderArn) => {
    await client.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "other" });
    expect((await audiences(OpenIDConnectProviderArn))?.sort()).toEqual(["other", "sts.amazonaws.com"]);
  }));

test("RemoveClientIDFromOpenIDConnectProvider: one less", () =>
  withProvider(async (OpenIDConnectProviderArn) => {
    await client.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "other" });
    await client.removeClientIDFromOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: "other" });
    expect(await audiences(OpenIDConnectProviderArn)).toEqual(["sts.amazonaws.com"]);
  }));

test("UpdateOpenIDConnectProviderThumbprint: replaces the list", () =>
  withProvider(async (OpenIDConnectProviderArn) => {
    const ThumbprintList = ["b".repeat(40)];
    await client.updateOpenIDConnectProviderThumbprint({ OpenIDConnectProviderArn, ThumbprintList });
    const found = await client.getOpenIDConnectProvider({ OpenIDConnectProviderArn });
    expect(found.ThumbprintList).toEqual(ThumbprintList);
  }));

const tags = async (OpenIDConnectProviderArn: string) =>
  (await client.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).Tags ?? [];

test("TagOpenIDConnectProvider: tags come back", () =>
  withProvider(async (OpenIDConnectProviderArn) => {
    await client.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags: [{ Key: "team", Value: "fleet" }] });
    expect(await tags(OpenIDConnectProviderArn)).toEqual([{ Key: "team", Value: "fleet" }]);
  }));

test("UntagOpenIDConnectProvider: removes by key", () =>
  withProvider(async (OpenIDConnectProviderArn) => {
    await client.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags: [{ Key: "team", Value: "fleet" }] });
    await client.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys: ["team"] });
    expect(await tags(OpenIDConnectProviderArn)).toEqual([]);
  }));

test("DeleteOpenIDConnectProvider: is gone, and deleting again is no error", () =>
  withProvider(async (OpenIDConnectProviderArn) => {
    await client.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn });
    await expect(client.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
  }));
