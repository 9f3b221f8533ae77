/** The numbers of the period with their change; a tile chooses what the chart shows. */
import { Group, Text, UnstyledButton } from "@mantine/core";
import { IconArrowDownRight, IconArrowUpRight } from "@tabler/icons-react";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Sparkline } from "~/components/charts";
import { Money } from "~/components/values";
import { numberText, percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { change, MEASURES, type Measure, type Part, SPECS, type Sums } from "./measures";
import "./dashboard.css";

type Props = { now: Sums; before: Sums; rows: Part[]; chosen: Measure; choose: (measure: Measure) => void };

export function Tiles({ now, before, rows, chosen, choose }: Props) {
  const { t } = useTranslation("dashboard");
  const locale = useLocale();
  return (
    <section className="tiles" aria-label={t("measures")}>
      {MEASURES.map((measure) => (
        <UnstyledButton key={measure} className="tile" aria-pressed={measure === chosen} onClick={() => choose(measure)}>
          <Text size="xs" c="dimmed" className="cut">{t(`measure.${measure}`)}</Text>
          <Group gap={6} justify="space-between" wrap="nowrap" align="baseline">
            <span className="tile-value num">{measure === "cost" ? <Money nano={now.cost} /> : SPECS[measure].text(SPECS[measure].of(now), locale)}</span>
            <Change measure={measure} now={now} before={before} />
          </Group>
          <div className="tile-spark"><Suspense><Sparkline values={rows.map(SPECS[measure].of)} height={22} /></Suspense></div>
        </UnstyledButton>
      ))}
    </section>
  );
}

function Change({ measure, now, before }: { measure: Measure; now: Sums; before: Sums }) {
  const { t } = useTranslation("dashboard");
  const locale = useLocale();
  const by = change(measure, now, before);
  const { rise, share } = SPECS[measure];
  if (by === null || Math.abs(by) < 0.0005) return null;
  const size = Math.abs(by);
  const shown = share ? t("points", { value: numberText(size * 100, locale, 1) }) : percentText(size, locale, size < 0.1 ? 1 : 0);
  const tone = rise === 0 ? "dimmed" : by * rise > 0 ? "green" : "red";
  const Arrow = by > 0 ? IconArrowUpRight : IconArrowDownRight;
  return (
    <Text span size="xs" c={tone === "dimmed" ? tone : `var(--mantine-color-${tone}-text)`} className="tile-change num">
      <Arrow size={13} aria-hidden />
      <span className="hidden-text">{t(by > 0 ? "up" : "down")}</span>
      {shown}
    </Text>
  );
}
