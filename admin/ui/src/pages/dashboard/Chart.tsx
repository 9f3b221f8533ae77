/** The chosen measure over the period. */
import { Skeleton } from "@mantine/core";
import { Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TimeChart } from "~/components/charts";
import { useLocale } from "~/lib/hooks";
import { inUsd } from "~/lib/money";
import { axisText, drawn, type Measure, type Part, SPECS } from "./measures";
import { Panel } from "./Panel";

const COLOURS: Record<string, string> = { failed: "red.5", answered: "accent.5", errors: "red.5", providers: "orange.5", cached: "teal.5", fresh: "accent.5", output: "violet.5" };
const HEIGHT = 250;
type Props = { rows: Part[]; per: "hour" | "day"; measure: Measure; scope: string };

export function Chart({ rows, per, measure, scope }: Props) {
  const { t } = useTranslation("dashboard");
  const locale = useLocale();
  const parts = drawn(measure, scope);
  const data = useMemo(
    () =>
      rows.map((row) => ({
        at: axisText(row.at, per, rows.length > 24, locale),
        ...Object.fromEntries(Object.entries(drawn(measure, scope)).map(([name, of]) => [name, of(row)])),
      })),
    [rows, per, measure, scope, locale],
  );
  const series = Object.keys(parts).map((name) => ({ name, label: t(`series.${name}` as "series.answered"), color: COLOURS[name] ?? "accent.5" }));
  const { kind, text } = SPECS[measure];
  const title = t(`measure.${measure}`);
  return (
    <Panel title={title}>
      <Suspense fallback={<Skeleton h={HEIGHT} aria-busy="true" />}>
        <TimeChart label={title} kind={kind} rows={data} series={series} height={HEIGHT} stacked={kind === "bar"} format={(value) => text(value, locale)} more={measure === "cost" ? inUsd(locale) : undefined} />
      </Suspense>
    </Panel>
  );
}
