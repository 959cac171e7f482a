import { join } from "node:path";
import type { ServiceModule } from "../../kernel.ts";
import { Authorization } from "./authorization.ts";
import { BlobStore } from "./blob-store.ts";
import { ImageStore } from "./image-store.ts";
import { imageOperations } from "./images.ts";
import { layerOperations } from "./layers.ts";
import { policyOperations } from "./policies.ts";
import { registryHandler } from "./registry/handler.ts";
import { Repositories } from "./repositories.ts";

/** Amazon ECR: the API, and the registry that `docker push` and OCI clients reach under `/v2/`. */
export const ecr: ServiceModule = {
  id: "ecr",
  sdk: () => import("@aws-sdk/client-ecr"),
  create: (context) => {
    const blobs = new BlobStore(join(context.dataDir, "ecr", "blobs"), () => context.id(32));
    const repositories = new Repositories(context);
    const images = new ImageStore(context, blobs);
    const authorization = new Authorization(context);
    return {
      operations: {
        ...repositories.operations,
        ...policyOperations(repositories, context),
        ...imageOperations(repositories, images, context),
        ...layerOperations({ repositories, blobs, authorization }, context),
        ...authorization.operations,
      },
      http: registryHandler({ repositories, images, blobs, authorization, faults: context.faults }),
    };
  },
};
