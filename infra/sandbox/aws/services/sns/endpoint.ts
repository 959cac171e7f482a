/** An http endpoint whose URL may carry a user and a password: neither belongs into a log or a list of deliveries. */
export interface Endpoint {
  /** Without user and password. */
  readonly url: string;
  /** Basic authentication, where the URL had a user. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @param endpoint a subscription's; one that is no URL with a user (an ARN, an address) stays as it is. */
export function endpointOf(endpoint: string): Endpoint {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || (url.username === "" && url.password === "")) return { url: endpoint, headers: {} };
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` } };
}
