/** The columns of the groups. */
import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Column, Count, Duration, Money } from "~/components";
import { percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import css from "./analytics.module.css";
import type { Grouping } from "./filters";
import { SPECS, type Measure, type Total } from "./measures";

type Props = { by: Grouping; measure: Measure; total: Total | undefined; everything: boolean; named: (total: Total) => string };

export function useColumns({ by, measure, total, everything, named }: Props): Column<Total>[] {
  const { t } = useTranslation("analytics");
  const locale = useLocale();
  // The part of the whole that a group has, by what the chart shows where parts make a whole.
  const { of } = SPECS[measure].kind === "bar" ? SPECS[measure] : SPECS.requests;
  const whole = total ? of(total) : 0;
  const share = (row: Total) => (whole ? of(row) / whole : 0);
  const found: (Column<Total> | false)[] = [
    { key: "group", title: t(`by.${by}`), sort: "group", card: "title", render: (row) => named(row) },
    {
      key: "share", title: t("share"), width: 112, align: "right",
      render: (row) => (
        <Group component="span" gap={6} wrap="nowrap" justify="space-between">
          <span className={css.share} aria-hidden><span style={{ width: `${100 * share(row)}%` }} /></span>
          <Text span inherit className="num">{percentText(share(row), locale)}</Text>
        </Group>
      ),
    },
    { key: "requests", title: t("measure.requests"), width: 88, align: "right", sort: "requests", render: (row) => <Count value={row.requests} short /> },
    { key: "errors", title: t("measure.errors"), width: 74, align: "right", sort: "error_share", render: (row) => <Text span inherit c={row.error_share >= 0.1 ? "var(--mantine-color-red-text)" : undefined} className="num">{percentText(row.error_share, locale)}</Text> },
    { key: "input", title: t("input"), width: 74, align: "right", sort: "input_tokens", render: (row) => <Count value={row.input_tokens} short /> },
    { key: "output", title: t("output"), width: 76, align: "right", sort: "output_tokens", render: (row) => <Count value={row.output_tokens} short /> },
    { key: "cache", title: t("measure.cache"), width: 124, align: "right", sort: "cache_share", hidden: true, render: (row) => <span className="num">{percentText(row.cache_share, locale)}</span> },
    { key: "cost", title: t("measure.cost"), width: 88, align: "right", sort: "cost", render: (row) => <Money nano={row.cost} /> },
    everything && { key: "provider", title: t("providerCost"), width: 110, align: "right", sort: "provider_cost", hidden: true, render: (row) => <Money nano={row.provider_cost} /> },
    { key: "reasoning", title: t("reasoning"), width: 96, align: "right", hidden: true, render: (row) => <Count value={row.reasoning_tokens} short /> },
    { key: "p50", title: t("time50"), width: 104, align: "right", sort: "p50", render: (row) => <Duration us={row.total_us?.p50} /> },
    { key: "p95", title: t("time95"), width: 104, align: "right", sort: "p95", render: (row) => <Duration us={row.total_us?.p95} /> },
    { key: "first50", title: t("first50"), width: 124, align: "right", sort: "first50", hidden: true, render: (row) => <Duration us={row.first_token_us?.p50} /> },
    { key: "first95", title: t("first95"), width: 124, align: "right", sort: "first95", render: (row) => <Duration us={row.first_token_us?.p95} /> },
  ];
  return found.filter((one) => one !== false);
}
