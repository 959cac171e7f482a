import type { CloudWatchLogs, QueryDefinition } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Collection, type Operations } from "../../../kernel.ts";
import { pageOf } from "../../../state/page.ts";
import { uuid } from "../../../uuid.ts";
import { invalidParameter, type LogStore } from "../model.ts";

/** Saved queries. AWS does not compile them; a query with a mistake can be saved and fails when it is run. */
interface StoredDefinition extends QueryDefinition {
  queryDefinitionId: string;
  name: string;
}

const PER_PAGE = 1_000;

export function queryDefinitions(store: LogStore): Operations<CloudWatchLogs> {
  const stored: Collection<StoredDefinition> = store.context.state.collection("queryDefinitions");
  return {
    PutQueryDefinition: ({ queryDefinitionId, name = "", queryString = "", logGroupNames = [], ...rest }) => {
      if (queryDefinitionId !== undefined && !stored.has(queryDefinitionId))
        throw new AwsError("ResourceNotFoundException", "The specified query definition does not exist.");
      if (name.length < 1 || name.length > 255)
        throw invalidParameter(`name must have 1 to 255 characters, got ${name.length}.`);
      if (queryString.length < 1 || queryString.length > 10_000)
        throw invalidParameter(`queryString must have 1 to 10000 characters, got ${queryString.length}.`);
      const id = queryDefinitionId ?? uuid(store.context);
      stored.set(id, {
        queryLanguage: rest.queryLanguage ?? "CWLI",
        queryDefinitionId: id,
        name,
        queryString,
        logGroupNames,
        lastModified: store.now(),
      });
      return { queryDefinitionId: id };
    },
    DescribeQueryDefinitions: ({ queryDefinitionNamePrefix = "", maxResults = PER_PAGE, nextToken }) => {
      const found = [...stored.values()]
        .filter(({ name }) => name.startsWith(queryDefinitionNamePrefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = pageOf(found, { token: nextToken, limit: maxResults, invalidToken: "InvalidParameterException" });
      return { queryDefinitions: page.items, nextToken: page.nextToken };
    },
    DeleteQueryDefinition: ({ queryDefinitionId = "" }) => {
      if (!stored.delete(queryDefinitionId))
        throw new AwsError("ResourceNotFoundException", "The specified query definition does not exist.");
      return { success: true };
    },
  };
}
