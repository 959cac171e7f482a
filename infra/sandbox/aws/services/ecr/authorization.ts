import { createHmac, timingSafeEqual } from "node:crypto";
import type { ECR } from "@aws-sdk/client-ecr";
import type { Collection, Operations, ServiceContext } from "../../kernel.ts";
import type { TokenRecord } from "./model.ts";

const LIFETIME_SECONDS = 12 * 3600; // of an ECR authorization token
/** Under this name among the tokens lies the key that signs URLs. */
const SIGNING_KEY = "url-signing-key";

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

  /** A path of the registry that can be read without a login, for as long as a login would last. */
  presigned(path: string): string {
    const expires = this.#context.clock.now().getTime() + LIFETIME_SECONDS * 1000 * this.#context.clock.scale;
    return `${this.#context.endpoint()}${path}?expires=${expires}&signature=${this.#signature(path, String(expires))}`;
  }

  /** Whether this very path was signed and has not expired. */
  acceptsUrl({ pathname, searchParams }: URL): boolean {
    const expires = searchParams.get("expires") ?? "";
    const given = Buffer.from(searchParams.get("signature") ?? "", "hex");
    const wanted = Buffer.from(this.#signature(pathname, expires), "hex");
    const signed = given.length === wanted.length && timingSafeEqual(given, wanted);
    return signed && Number(expires) > this.#context.clock.now().getTime();
  }

  #signature(path: string, expires: string): string {
    let key = this.#tokens.get(SIGNING_KEY)?.password;
    if (key === undefined) {
      key = this.#context.id(64);
      // No login: it has expired from the start.
      this.#tokens.set(SIGNING_KEY, { password: key, expiresAt: new Date(0) });
    }
    return createHmac("sha256", key).update(`${path}\n${expires}`).digest("hex");
  }

  readonly operations: Operations<ECR> = {
    GetAuthorizationToken: () => {
      const now = this.#context.clock.now();
      for (const [key, token] of [...this.#tokens.entries()])
        if (key !== SIGNING_KEY && token.expiresAt <= now) this.#tokens.delete(key);
      const password = this.#context.id(64);
      // A login bounds real work, which a faster clock does not speed up: its life is real time.
      const expiresAt = new Date(now.getTime() + LIFETIME_SECONDS * 1000 * this.#context.clock.scale);
      this.#tokens.set(password, { password, expiresAt });
      const authorizationToken = Buffer.from(`AWS:${password}`).toString("base64");
      return { authorizationData: [{ authorizationToken, expiresAt, proxyEndpoint: this.#context.endpoint() }] };
    },
  };
}
