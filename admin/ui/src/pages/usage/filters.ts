/** The filters of requests: all that GET /usage takes and that means something within one's reach. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { pick, type Reach } from "~/api";
import type { Filter } from "~/components";
import { ENDS, OPERATIONS } from "./parts/state";

const STATUSES = [200, 400, 401, 403, 404, 413, 429, 499, 500, 502, 503, 504];

export function useFilters(reach: Reach): Filter[] {
  const { t } = useTranslation("usage");
  return useMemo(() => {
    const all = reach === "all";
    const found: (Filter | false)[] = [
      { name: "when", label: t("when"), type: "range", from: "since", to: "until" },
      { name: "failed", label: t("failed"), type: "flag" },
      { name: "model", label: t("model"), type: "pick", search: pick("model") },
      { name: "key", label: t("key"), type: "pick", search: pick("key") },
      reach !== "own" && { name: "user", label: t("user"), type: "pick", search: pick("user") },
      all && { name: "channel", label: t("channel"), type: "pick", search: pick("channel") },
      { name: "status", label: t("status"), type: "choice", options: STATUSES.map((value) => ({ value: String(value), label: String(value) })) },
      all && { name: "organisation", label: t("organisation"), type: "pick", search: pick("organisation"), rare: true },
      { name: "team", label: t("team"), type: "pick", search: pick("team", "ref"), rare: true },
      { name: "end", label: t("end"), type: "choice", options: ENDS.map((value) => ({ value, label: t(`ends.${value}`) })), rare: true },
      { name: "operation", label: t("operation"), type: "choice", options: OPERATIONS.map((value) => ({ value, label: t(`operations.${value}`) })), rare: true },
      { name: "stream", label: t("stream"), type: "flag", rare: true },
      { name: "media", label: t("media"), type: "flag", rare: true },
      { name: "group", label: t("group"), type: "text", rare: true },
      all && { name: "provider", label: t("provider"), type: "text", rare: true },
      all && { name: "upstream_model", label: t("upstreamModel"), type: "text", rare: true },
      { name: "request_id", label: t("requestId"), type: "text", rare: true },
      all && { name: "upstream_request_id", label: t("upstreamRequestId"), type: "text", rare: true },
      { name: "client_ip", label: t("clientIp"), type: "text", rare: true },
    ];
    return found.filter((one) => one !== false);
  }, [t, reach]);
}
