/** The chosen measure over the period: of the largest groups each by itself, or of all requests together. */
import { Group, Paper, SegmentedControl, Skeleton, Text, Title } from "@mantine/core";
import { type ReactNode, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { TimeChart } from "~/components/charts";
import { useLocale } from "~/lib/hooks";
import { inUsd } from "~/lib/money";
import type { Grouping } from "./filters";
import { type Measure, largest, REST, rowsOf, SPECS, steps, together, type Total } from "./measures";
import { type Period, stepText } from "./period";

const HEIGHT = 270;
const APART = 6;
const COLOURS: Record<string, string> = { failed: "red.5", errors: "red.5", providers: "orange.5", cached: "teal.5", output: "violet.5", p50: "teal.5", p95: "orange.5", rest: "gray.5" };

type Props = {
  over: { items: Total[]; by: Grouping | null; percentiles: boolean };
  groups: { items: Total[]; by: Grouping };
  period: Period;
  measure: Measure;
  everything: boolean;
  apart: boolean;
  onApart: (apart: boolean) => void;
  named: (total: Total) => string;
};

export function Chart({ over, groups, period, measure, everything, apart, onApart, named }: Props) {
  const { t } = useTranslation("analytics");
  const locale = useLocale();
  const ready = over.by === null || over.by === groups.by;
  const { rows, series } = useMemo(() => {
    const label = (at: string) => stepText(at, period, locale);
    if (over.by !== null) {
      const top = largest(groups.items, measure, APART);
      const drawn = top.map((group, index) => ({ name: `s${index}`, label: named(group) }));
      const rest = SPECS[measure].kind === "bar" && groups.items.length > top.length ? [{ name: REST, label: t("rest"), color: COLOURS.rest }] : [];
      return { rows: rowsOf(over.items, period, top, measure).map((row) => ({ ...row.values, at: label(row.at) })), series: [...drawn, ...rest] };
    }
    const parts = together(measure, everything, over.percentiles);
    const names = Object.keys(parts);
    const bars = SPECS[measure].kind === "bar";
    const valuesOf = (part: Total | undefined) => (part || bars ? Object.fromEntries(names.map((name) => [name, part ? (parts[name]?.(part) ?? 0) : 0])) : {});
    return {
      rows: steps(over.items, period).map(({ at, parts: [part] }) => ({ ...valuesOf(part), at: label(at) })),
      series: names.map((name) => ({ name, label: t(`series.${name}` as "series.answered"), color: COLOURS[name] ?? "accent.5" })),
    };
  }, [over, groups, period, measure, everything, named, locale, t]);
  const title = t(`measure.${measure}`);
  const notes: ReactNode[] = [
    apart && over.by === null ? t("tooMany") : null,
    SPECS[measure].timed && !over.percentiles ? t("means") : null,
  ].filter(Boolean);
  const stacked = SPECS[measure].kind === "bar" && !(measure === "cost" && over.by === null);

  return (
    <Paper withBorder p="sm" component="section">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h3">{title}</Title>
        <SegmentedControl
          size="xs" aria-label={t("split.label")} value={apart ? "yes" : "no"} onChange={(value) => onApart(value === "yes")}
          data={[{ value: "yes", label: t("split.apart") }, { value: "no", label: t("split.together") }]}
        />
      </Group>
      {ready ? (
        <Suspense fallback={<Skeleton h={HEIGHT} aria-busy="true" />}>
          <TimeChart label={title} kind={SPECS[measure].kind} rows={rows as Row[]} series={series} height={HEIGHT} stacked={stacked} format={(value) => SPECS[measure].text(value, locale)} more={measure === "cost" ? inUsd(locale) : undefined} />
        </Suspense>
      ) : <Skeleton h={HEIGHT} aria-busy="true" />}
      {notes.map((note, index) => <Text key={index} size="xs" c="dimmed" mt={4}>{note}</Text>)}
    </Paper>
  );
}

/** What a chart takes: the label of the axis beside numbers. */
type Row = { at: string } & Record<string, number | string>;
