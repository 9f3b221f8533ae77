/** What an answer took: tokens, cost with where it is from, time to the first token, speed. */
import { Group, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Copy } from "~/components/Copy";
import { durationText, numberText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { USD } from "~/lib/currency";
import { moneyText } from "~/lib/money";
import styles from "../playground.module.css";
import type { Answered } from "../state/types";

/** Tokens of the answer for each second after the first of them; undefined where it came in one piece. */
export function speed({ usage, timing }: Pick<Answered, "usage" | "timing">): number | undefined {
  const seconds = timing.first === undefined ? 0 : (timing.total - timing.first) / 1000;
  return usage && usage.output > 1 && seconds > 0.05 ? usage.output / seconds : undefined;
}

export function Facts({ item }: { item: Answered }) {
  const { t } = useTranslation("playground");
  const locale = useLocale();
  const { usage, timing, cost } = item;
  const rate = speed(item);
  const facts: [string, string, string][] = [];
  if (timing.first !== undefined) facts.push(["first", `${t("facts.first")} ${durationText(timing.first * 1000, locale)}`, t("facts.firstLong")]);
  if (rate !== undefined) facts.push(["speed", t("facts.speed", { value: numberText(rate, locale, rate < 10 ? 1 : 0) }), t("facts.speedLong")]);
  if (timing.total > 0) facts.push(["total", durationText(timing.total * 1000, locale), t("facts.totalLong")]);
  if (usage) {
    const long = t("facts.tokensLong", {
      input: numberText(usage.input, locale), output: numberText(usage.output, locale), cached: numberText(usage.cached, locale), reasoning: numberText(usage.reasoning, locale),
    });
    facts.push(["tokens", t("facts.tokens", { input: numberText(usage.input, locale), output: numberText(usage.output, locale) }), long]);
  }
  if (cost) facts.push(["cost", `${cost.source === "estimate" ? "≈ " : ""}${moneyText(cost.nano, locale)}`, `${t(`cost.${cost.source}`)} ${moneyText(cost.nano, locale, true, USD)}`]);
  return (
    <Group gap={6} className={styles.facts} data-testid="facts">
      {facts.map(([name, shown, long]) => (
        <Tooltip key={name} label={long} multiline maw={320}>
          <Text span size="xs" c="dimmed" className="num" data-fact={name} data-source={name === "cost" ? cost?.source : undefined} tabIndex={0}>{shown}</Text>
        </Tooltip>
      ))}
      {item.requestId ? (
        <Group gap={0} wrap="nowrap"><Text span size="xs" c="dimmed" ff="monospace" className={styles.request}>{item.requestId}</Text><Copy text={item.requestId} size="xs" label={t("facts.copyId")} /></Group>
      ) : null}
    </Group>
  );
}

/** What did not go as it was asked: settings without an effect, an answer that ended early. */
export function Notes({ item }: { item: Answered }) {
  const { t } = useTranslation("playground");
  const notes: string[] = [];
  if (item.unused.length > 0) notes.push(t("note.unused", { names: item.unused.map((name) => t(`setting.${name}` as "setting.seed")).join(", "), protocol: t(`protocol.${item.protocol}`) }));
  if (item.losses) notes.push(t("note.losses", { losses: item.losses }));
  if (item.stopped) notes.push(t("note.stopped"));
  if (item.finish === "length" || item.finish === "filter") notes.push(t(`note.${item.finish}`));
  if (item.finish === "other" && item.rawFinish) notes.push(t("note.other", { reason: item.rawFinish }));
  if (!item.error && !item.stopped && item.blocks.length === 0) notes.push(t("note.empty"));
  return notes.map((note) => <Text key={note} size="xs" className={styles.note}><IconAlertTriangle size={13} /> {note}</Text>);
}
