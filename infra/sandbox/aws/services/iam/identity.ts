import type { IAM, InstanceProfile } from "@aws-sdk/client-iam";
import { AwsError, type Operations } from "../../kernel.ts";
import {
  alreadyExists,
  checkName,
  type Directory,
  deleteConflict,
  noSuchEntity,
  roleOf,
  type StoredProfile,
  type StoredProvider,
  withoutTags,
  withTags,
} from "./model.ts";
import { shownRole } from "./roles.ts";

/** Instance profiles and OpenID Connect providers. */
function profileOf({ profiles }: Directory, name: string | undefined): StoredProfile {
  const profile = profiles.get(name ?? "");
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

const shownProfile = (directory: Directory, profile: StoredProfile): InstanceProfile => ({
  Path: profile.path,
  InstanceProfileName: profile.name,
  InstanceProfileId: profile.id,
  Arn: profile.arn,
  CreateDate: profile.createdAt,
  Roles: profile.role ? [shownRole(roleOf(directory, profile.role))] : [],
  Tags: profile.tags,
});

export function instanceProfiles(directory: Directory): Operations<IAM> {
  const { profiles } = directory;
  return {
    CreateInstanceProfile: ({ InstanceProfileName: name = "", Path: path = "/", Tags = [] }) => {
      checkName("instance profile", name, path);
      if (profiles.has(name)) throw alreadyExists(`Instance Profile ${name} already exists.`);
      const arn = `arn:aws:iam::${directory.account}:instance-profile${path}${name}`;
      const profile: StoredProfile = {
        name,
        path,
        arn,
        id: directory.id("AIPA"),
        createdAt: directory.now(),
        role: undefined,
        tags: Tags,
      };
      profiles.set(name, profile);
      return { InstanceProfile: shownProfile(directory, profile) };
    },
    GetInstanceProfile: ({ InstanceProfileName }) => ({
      InstanceProfile: shownProfile(directory, profileOf(directory, InstanceProfileName)),
    }),
    ListInstanceProfiles: () => ({
      InstanceProfiles: [...profiles.values()].map((profile) => shownProfile(directory, profile)),
      IsTruncated: false,
    }),
    ListInstanceProfilesForRole: ({ RoleName }) => {
      const { name } = roleOf(directory, RoleName);
      const found = [...profiles.values()].filter(({ role }) => role === name);
      return { InstanceProfiles: found.map((profile) => shownProfile(directory, profile)), IsTruncated: false };
    },
    AddRoleToInstanceProfile: ({ InstanceProfileName, RoleName }) => {
      const profile = profileOf(directory, InstanceProfileName);
      const { name } = roleOf(directory, RoleName);
      if (profile.role)
        throw new AwsError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", {
          status: 409,
        });
      profile.role = name;
      return {};
    },
    RemoveRoleFromInstanceProfile: ({ InstanceProfileName, RoleName }) => {
      const profile = profileOf(directory, InstanceProfileName);
      if (profile.role !== RoleName)
        throw noSuchEntity(`The role ${RoleName} is not in instance profile ${profile.name}.`);
      profile.role = undefined;
      return {};
    },
    DeleteInstanceProfile: ({ InstanceProfileName }) => {
      const profile = profileOf(directory, InstanceProfileName);
      if (profile.role) throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
      profiles.delete(profile.name);
      return {};
    },
  };
}

function providerOf({ providers }: Directory, arn: string | undefined): StoredProvider {
  const provider = providers.get(arn ?? "");
  if (!provider) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}

export function identityProviders(directory: Directory): Operations<IAM> {
  const { providers } = directory;
  return {
    CreateOpenIDConnectProvider: ({ Url = "", ClientIDList = [], ThumbprintList = [], Tags = [] }) => {
      if (!/^https?:\/\/[^\s]+$/.test(Url))
        throw new AwsError("InvalidInput", `Url must be the issuer's https URL, got ${JSON.stringify(Url)}.`);
      const url = Url.replace(/^https?:\/\//, "").replace(/\/$/, "");
      const arn = `arn:aws:iam::${directory.account}:oidc-provider/${url}`;
      if (providers.has(arn)) throw alreadyExists(`Provider with url ${Url} already exists.`);
      providers.set(arn, {
        arn,
        url,
        createdAt: directory.now(),
        audiences: ClientIDList,
        thumbprints: ThumbprintList,
        tags: Tags,
      });
      return { OpenIDConnectProviderArn: arn, Tags };
    },
    GetOpenIDConnectProvider: ({ OpenIDConnectProviderArn }) => {
      const { url, audiences, thumbprints, createdAt, tags } = providerOf(directory, OpenIDConnectProviderArn);
      return { Url: url, ClientIDList: audiences, ThumbprintList: thumbprints, CreateDate: createdAt, Tags: tags };
    },
    ListOpenIDConnectProviders: () => ({
      OpenIDConnectProviderList: [...providers.keys()].map((Arn) => ({ Arn })),
    }),
    UpdateOpenIDConnectProviderThumbprint: ({ OpenIDConnectProviderArn, ThumbprintList = [] }) => {
      providerOf(directory, OpenIDConnectProviderArn).thumbprints = ThumbprintList;
      return {};
    },
    AddClientIDToOpenIDConnectProvider: ({ OpenIDConnectProviderArn, ClientID = "" }) => {
      const provider = providerOf(directory, OpenIDConnectProviderArn);
      provider.audiences = [...new Set([...provider.audiences, ClientID])];
      return {};
    },
    RemoveClientIDFromOpenIDConnectProvider: ({ OpenIDConnectProviderArn, ClientID }) => {
      const provider = providerOf(directory, OpenIDConnectProviderArn);
      provider.audiences = provider.audiences.filter((audience) => audience !== ClientID);
      return {};
    },
    // Idempotent, as the SDK documents it: a provider that does not exist is no error.
    DeleteOpenIDConnectProvider: ({ OpenIDConnectProviderArn = "" }) => {
      providers.delete(OpenIDConnectProviderArn);
      return {};
    },
    TagOpenIDConnectProvider: ({ OpenIDConnectProviderArn, Tags = [] }) => {
      const provider = providerOf(directory, OpenIDConnectProviderArn);
      provider.tags = withTags(provider.tags, Tags);
      return {};
    },
    UntagOpenIDConnectProvider: ({ OpenIDConnectProviderArn, TagKeys = [] }) => {
      const provider = providerOf(directory, OpenIDConnectProviderArn);
      provider.tags = withoutTags(provider.tags, TagKeys);
      return {};
    },
  };
}
