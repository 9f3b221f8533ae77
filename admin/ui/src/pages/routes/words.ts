/** What is said of a route, in the person's language: why a channel stands where it stands, and what is changed of the request. */
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { useSaid } from "~/components";

type Route = Schema<"RouteOut">;
type Candidate = Schema<"Candidate">;
type Other = Schema<"Other">;

export function useWords() {
  const { t } = useTranslation("routes");
  const said = useSaid();
  const place = (one: Candidate) => {
    const where = one.after_priority === null ? t("why.first", { priority: one.priority }) : t("why.after", { priority: one.after_priority });
    if (!one.total_weight) return `${where} ${t("why.any")}`;
    if (!one.weight) return `${where} ${t("why.reserve")}`;
    return `${where} ${t("why.weight", { weight: one.weight, total: one.total_weight })}`;
  };
  return {
    why: (one: Candidate, route: Route): string =>
      one.usable
        ? place(one)
        : t("why.unusable", { operation: t(`operations.${route.operation}`), protocol: t(`protocols.${route.protocol}`), speaks: one.speaks.map((each) => t(`protocols.${each as "chat"}`)).join(", ") || "—" }),
    edits: (one: Candidate, route: Route): string[] => {
      if (!one.usable) return [];
      const kind = t(`edits.${one.kind || "passthrough"}`);
      if (one.kind === "estimate") return [kind];
      return [
        kind,
        ...(one.upstream_model !== route.base_model || route.suffix ? [t("edits.model", { from: route.model, to: one.upstream_model })] : []),
        ...(route.suffix ? [t("edits.suffix", { suffix: route.suffix })] : []),
        ...(one.asks_usage ? [t("edits.usage")] : []),
        ...one.rules.map((name) => t("edits.rule", { name })),
      ];
    },
    other: (one: Other): string => [t(`out.${one.code}`), said(one.detail_said)].filter(Boolean).join(" "),
  };
}
