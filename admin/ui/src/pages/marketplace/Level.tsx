/** How well a model works: its state in words, uptime, speed, and a bar for each of the last 24 hours. */
import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { Status, type Tone } from "~/components/Status";
import { durationText, numberText, percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";

export const TONES: Record<Schema<"ModelLevel">["state"], Tone> = { ok: "good", degraded: "warn", down: "bad", unknown: "idle" };
const GOOD = 0.99;
const FAIR = 0.9;
const tone = (uptime: number | null): string => (uptime === null ? "none" : uptime >= GOOD ? "good" : uptime >= FAIR ? "fair" : "bad");

export function Level({ level }: { level: Schema<"ModelLevel"> }) {
  const { t } = useTranslation("marketplace");
  const locale = useLocale();
  const facts: [string, string | null][] = [
    [t("level.day"), level.uptime_day === null ? null : percentText(level.uptime_day, locale, 2)],
    [t("level.week"), level.uptime_week === null ? null : percentText(level.uptime_week, locale, 2)],
    [t("level.first"), level.first_token_ms === null ? null : durationText(level.first_token_ms * 1000, locale)],
    [t("level.speed"), level.tokens_per_second === null ? null : t("level.perSecond", { value: numberText(level.tokens_per_second, locale, 1) })],
  ];
  return (
    <div>
      <Group gap={8} mb={4}><Status tone={TONES[level.state]}>{t(`level.${level.state}`)}</Status></Group>
      <ul className="hours" aria-label={t("level.hours")}>
        {level.hours.map((hour) => (
          <li key={hour.at} data-tone={tone(hour.uptime)}>
            <span className="hidden-text">{`${hour.at} ${hour.uptime === null ? t("level.unknown") : percentText(hour.uptime, locale, 1)}`}</span>
          </li>
        ))}
      </ul>
      <Group gap="xs" mt={4}>
        {facts.map(([name, value]) => (value === null ? null : <Text key={name} size="xs" c="dimmed">{name} <Text span inherit c="var(--mantine-color-text)" className="num">{value}</Text></Text>))}
      </Group>
    </div>
  );
}
