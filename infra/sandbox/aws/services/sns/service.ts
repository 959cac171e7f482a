import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServiceModule } from "../../kernel.ts";
import { confirmationUrl } from "./envelope.ts";
import { type Store, storeOf } from "./model.ts";
import { Publisher } from "./publisher.ts";
import { publishing } from "./publishing.ts";
import { subscriptions } from "./subscriptions.ts";
import { topics } from "./topics.ts";

const MESSAGES_PATH = "/_sandbox/sns/messages";

/**
 * `GET /_sandbox/sns/messages?topic=<name or ARN>`: `{ "messages": [{ id, type, topicArn, subject, message, attributes,
 * at, deliveries: [{ protocol, endpoint, status, detail }], subscribeUrl }] }`, oldest first; without `topic` all.
 */
function messagesPage(store: Store) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const url = new URL(request.url ?? "/", "http://sandbox");
    if (url.pathname !== MESSAGES_PATH) return false;
    const topic = url.searchParams.get("topic");
    const isWanted = (arn: string) => topic === null || arn === topic || arn.split(":").at(-1) === topic;
    const messages = [...store.messages.values()]
      .filter(({ topicArn }) => isWanted(topicArn))
      .map((message) => {
        const { token: _token, ...shown } = message;
        return { ...shown, subscribeUrl: confirmationUrl(message, store.context.endpoint()) };
      });
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ messages }));
    return true;
  };
}

/** Topics: functions and endpoints on this machine are really called, every message is kept for reading. */
export const sns: ServiceModule = {
  id: "sns",
  sdk: () => import("@aws-sdk/client-sns"),
  create: (context) => {
    const store = storeOf(context);
    const publisher = new Publisher(store);
    return {
      operations: { ...topics(store), ...subscriptions(store, publisher), ...publishing(store, publisher) },
      http: messagesPage(store),
      resume: async () => publisher.resume(),
      stop: () => publisher.stop(),
    };
  },
};
