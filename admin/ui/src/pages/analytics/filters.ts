/** What sums can be grouped and narrowed by, within one's reach. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { pick, type Reach } from "~/api";
import type { Filter } from "~/components";

/** In the order of the menu; `reach` is the least that a grouping means something to. */
const GROUPINGS = [
  { by: "model", reach: "own" },
  { by: "key", reach: "own" },
  { by: "channel", reach: "all" },
  { by: "user", reach: "organisation" },
  { by: "team", reach: "organisation" },
  { by: "organisation", reach: "all" },
  { by: "group", reach: "organisation" },
  { by: "provider", reach: "all" },
  { by: "operation", reach: "own" },
  { by: "status", reach: "own" },
  { by: "end", reach: "own" },
] as const;
const RANK: Record<Reach, number> = { own: 1, organisation: 2, all: 3 };
export type Grouping = (typeof GROUPINGS)[number]["by"];

export const groupings = (reach: Reach): Grouping[] => GROUPINGS.filter((one) => RANK[reach] >= RANK[one.reach]).map((one) => one.by);

const STATUSES = ["200", "400", "401", "403", "404", "429", "499", "500", "502", "503", "504"];
export const ENDS = ["complete", "client_gone", "upstream_error", "upstream_cut", "upstream_timeout", "rejected", "drained"] as const;
export const OPERATIONS = ["chat", "text_completion", "embeddings", "count_tokens", "compact"] as const;

export function useFilters(reach: Reach): Filter[] {
  const { t } = useTranslation(["analytics", "usage"]);
  return useMemo(() => {
    const all = reach === "all";
    const found: (Filter | false)[] = [
      { name: "model", label: t("by.model"), type: "pick", search: pick("model") },
      { name: "key", label: t("by.key"), type: "pick", search: pick("key") },
      reach !== "own" && { name: "user", label: t("by.user"), type: "pick", search: pick("user") },
      all && { name: "channel", label: t("by.channel"), type: "pick", search: pick("channel") },
      all && { name: "organisation", label: t("by.organisation"), type: "pick", search: pick("organisation"), rare: true },
      reach !== "own" && { name: "team", label: t("by.team"), type: "pick", search: pick("team", "ref"), rare: true },
      { name: "group", label: t("by.group"), type: "text", rare: true },
      all && { name: "provider", label: t("by.provider"), type: "text", rare: true },
      { name: "operation", label: t("by.operation"), type: "choice", options: OPERATIONS.map((value) => ({ value, label: t(`usage:operations.${value}`) })), rare: true },
      { name: "status", label: t("by.status"), type: "choice", options: STATUSES.map((value) => ({ value, label: value })), rare: true },
    ];
    return found.filter((one) => one !== false);
  }, [t, reach]);
}
