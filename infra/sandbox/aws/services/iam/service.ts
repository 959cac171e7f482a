import type { ServiceModule } from "../../kernel.ts";
import { identityProviders, instanceProfiles } from "./identity.ts";
import { directoryOf } from "./model.ts";
import { policies } from "./policies.ts";
import { roles } from "./roles.ts";

/** Roles, policies, instance profiles and identity providers: recorded and checked, not evaluated (STS reads the trust policies). */
export const iam: ServiceModule = {
  id: "iam",
  sdk: () => import("@aws-sdk/client-iam"),
  create: (context) => {
    const directory = directoryOf(context);
    return {
      operations: {
        ...roles(directory),
        ...policies(directory),
        ...instanceProfiles(directory),
        ...identityProviders(directory),
      },
    };
  },
};
