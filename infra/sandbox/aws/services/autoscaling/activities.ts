import type { ApplicationAutoScaling } from "@aws-sdk/client-application-auto-scaling";
import { AwsError, type Operations } from "../../kernel.ts";
import { pageOf } from "../../state/page.ts";
import { type Book, narrowed, type TargetRecord } from "./book.ts";

const PAGE = 50;
const KEPT_DAYS = 42; // six weeks

/** @throws AwsError ResourceNotFoundException */
function tagged(book: Book, arn: string | undefined): TargetRecord {
  const found = [...book.targets.values()].find((target) => target.arn === arn);
  if (found) return found;
  throw new AwsError("ResourceNotFoundException", `The specified resource doesn't exist: ${arn}`, {
    fields: { ResourceName: arn },
  });
}

/** What happened, and tags of scalable targets. */
export function activityOperations(book: Book): Operations<ApplicationAutoScaling> {
  return {
    DescribeScalingActivities: (input) => {
      const oldest = book.now().getTime() - KEPT_DAYS * 86_400_000;
      const all = [...book.activities.values()].map((activity) => ({
        activity,
        resourceId: activity.ResourceId ?? "",
      }));
      const wanted = narrowed(all, input)
        .map(({ activity }) => activity)
        .filter((activity) => (activity.StartTime?.getTime() ?? 0) >= oldest)
        .filter((activity) => input.IncludeNotScaledActivities || !activity.NotScaledReasons)
        .toReversed();
      const { items, nextToken } = pageOf(wanted, {
        token: input.NextToken,
        limit: input.MaxResults ?? PAGE,
        invalidToken: "InvalidNextTokenException",
      });
      return { ScalingActivities: items, NextToken: nextToken };
    },

    TagResource: ({ ResourceARN, Tags = {} }) => {
      const target = tagged(book, ResourceARN);
      target.tags = { ...target.tags, ...Tags };
      return {};
    },

    UntagResource: ({ ResourceARN, TagKeys = [] }) => {
      const target = tagged(book, ResourceARN);
      target.tags = Object.fromEntries(Object.entries(target.tags).filter(([key]) => !TagKeys.includes(key)));
      return {};
    },

    ListTagsForResource: ({ ResourceARN }) => ({ Tags: tagged(book, ResourceARN).tags }),
  };
}
