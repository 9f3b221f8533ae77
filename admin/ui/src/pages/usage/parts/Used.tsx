/** What a request used beside plain text, in words: images, sound, tools of the provider, vectors. */
import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { durationText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";

export function Used({ row }: { row: Schema<"UsageOut"> }) {
  const { t } = useTranslation("usage");
  const locale = useLocale();
  const { quantities } = row;
  const lines: string[] = [];
  const add = (count: number | undefined, line: (count: number) => string) => { if (count) lines.push(line(count)); };
  for (const [kind, made] of Object.entries(quantities?.images ?? {})) {
    const text = t("used.images", { count: made });
    add(made, () => (kind && kind !== "*" ? `${text} · ${kind.replace("/", " · ").replace(/(\d)x(\d)/, "$1 × $2")}` : text));
  }
  add(quantities?.media_ms, (ms) => t("used.length", { length: durationText(ms * 1000, locale) }));
  add(quantities?.image_input, (count) => t("used.imageInput", { count }));
  add(quantities?.image_output, (count) => t("used.imageOutput", { count }));
  add(quantities?.audio_input, (count) => t("used.audioInput", { count }));
  add(quantities?.audio_output, (count) => t("used.audioOutput", { count }));
  for (const [name, calls] of Object.entries(quantities?.tools ?? {})) add(calls, (count) => t("used.tools", { count, name }));
  add(quantities?.cache_write_1h, (count) => t("used.hour", { count }));
  if (row.operation === "embeddings") add(row.input_tokens, (count) => t("used.embedded", { count }));
  if (lines.length === 0) return null;
  return <Stack gap={2} data-testid="used">{lines.map((line) => <Text key={line} size="sm">{line}</Text>)}</Stack>;
}
