/** The sums of everything that is asked for; a tile chooses what the chart shows. */
import { Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Money } from "~/components/values";
import { percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import css from "./analytics.module.css";
import { MEASURES, type Measure, SPECS, type Total } from "./measures";

type Props = { total: Total; chosen: Measure; choose: (measure: Measure) => void };

export function Tiles({ total, chosen, choose }: Props) {
  const { t } = useTranslation("analytics");
  const locale = useLocale();
  const notes: Partial<Record<Measure, string>> = {
    tokens: t("note.output", { share: percentText(total.output_tokens / Math.max(1, total.input_tokens + total.output_tokens), locale, 0) }),
    errors: t("note.failed", { count: total.errors }),
    latency: total.total_us ? t("note.p50", { value: SPECS.latency.text(total.total_us.p50, locale) }) : "",
    firstToken: total.first_token_us ? t("note.p50", { value: SPECS.firstToken.text(total.first_token_us.p50, locale) }) : "",
  };
  return (
    <section className={css.tiles} aria-label={t("measures")}>
      {MEASURES.map((measure) => (
        <UnstyledButton key={measure} className={css.tile} aria-pressed={measure === chosen} onClick={() => choose(measure)}>
          <Text size="xs" c="dimmed" className="cut">{t(`measure.${measure}`)}</Text>
          <span className={`${css.value} num`}>{measure === "cost" ? <Money nano={total.cost} /> : SPECS[measure].text(SPECS[measure].of(total), locale)}</span>
          <Text size="xs" c="dimmed" className="cut num">{notes[measure] || "\u00a0"}</Text>
        </UnstyledButton>
      ))}
    </section>
  );
}
