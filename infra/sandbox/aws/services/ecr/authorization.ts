import type { ECR } from "@aws-sdk/client-ecr";
import type { Collection, Operations, ServiceContext } from "../../kernel.ts";
import type { TokenRecord } from "./model.ts";

const LIFETIME_SECONDS = 12 * 3600; // of an ECR authorization token

/** Tokens for the registry's HTTP side: user `AWS`, a password that GetAuthorizationToken handed out. */
export class Authorization {
  readonly #tokens: Collection<TokenRecord>;
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#tokens = context.state.collection("tokens");
  }

  /** @param header the request's Authorization header. */
  accepts(header: string | undefined): boolean {
    const [scheme, encoded] = (header ?? "").split(" ");
    if (scheme?.toLowerCase() !== "basic" || !encoded) return false;
    const [user, ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
    const token = this.#tokens.get(password.join(":"));
    return user === "AWS" && token !== undefined && token.expiresAt > this.#context.clock.now();
  }

  readonly operations: Operations<ECR> = {
    GetAuthorizationToken: () => {
      const now = this.#context.clock.now();
      for (const [key, token] of [...this.#tokens.entries()]) if (token.expiresAt <= now) this.#tokens.delete(key);
      const password = this.#context.id(64);
      // A login bounds real work, which a faster clock does not speed up: its life is real time.
      const expiresAt = new Date(now.getTime() + LIFETIME_SECONDS * 1000 * this.#context.clock.scale);
      this.#tokens.set(password, { password, expiresAt });
      const authorizationToken = Buffer.from(`AWS:${password}`).toString("base64");
      return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: this.#context.endpoint() }] };
    },
  };
}
