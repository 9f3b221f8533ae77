/** The three questions of the page: the sums of everything, of each group, and over time. */
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, ok, type paths, type Schema } from "~/api";
import type { Grouping } from "./filters";
import { SPECS } from "./measures";
import type { Asked } from "./useAsked";

type Query = NonNullable<paths["/api/v1/usage/totals"]["get"]["parameters"]["query"]>;
export const KEY = ["analytics"];
/** Groups in the table at most: the largest. */
export const MOST = 1000;
/** Rows that the server gives at most, unless told otherwise. More, and the latest would be missing from the chart. */
const MOST_STEPS = 10_000;

/** The route answers with files too, if asked: which of its answers this is, is not in its type. */
const totals = async (query: Query, signal: AbortSignal) =>
  (await ok(api.GET("/api/v1/usage/totals", { params: { query }, signal }))) as Schema<"UsageTotals">;
/** Filters are text in the URL; a status is a number to the types. */
const asQuery = (query: Record<string, string>): Query => query as Query;

/** The groups; of so many that some are left out, those with the most requests are given when they are sorted by it. */
export const groupsOf = (query: Record<string, string>, by: Grouping, order: "cost" | "requests") =>
  queryOptions({
    queryKey: [...KEY, "groups", query, by, order],
    queryFn: async ({ signal }) => ({ ...(await totals({ ...asQuery(query), group_by: by, order_by: order, percentiles: true, limit: MOST }, signal)), by }),
  });

export function useTotals(asked: Asked, order: "cost" | "requests") {
  const { query, by, apart, measure, timed, period } = asked;
  const all = useQuery({
    queryKey: [...KEY, "all", query],
    queryFn: ({ signal }) => totals({ ...asQuery(query), percentiles: true }, signal),
    placeholderData: keepPreviousData,
  });
  const groups = useQuery({ ...groupsOf(query, by, order), placeholderData: keepPreviousData });
  const percentiles = timed && SPECS[measure].timed === true;
  const over = useQuery({
    queryKey: [...KEY, "over", query, apart ? by : "", period.per, percentiles],
    queryFn: async ({ signal }) => {
      const asks: Query = { ...asQuery(query), per: period.per, percentiles };
      if (apart) {
        const { items } = await totals({ ...asks, group_by: by }, signal);
        if (items.length < MOST_STEPS) return { items, by: by as Grouping | null, percentiles };
      }
      return { ...(await totals(asks, signal)), by: null, percentiles };
    },
    placeholderData: keepPreviousData,
  });
  return { all, groups, over };
}
