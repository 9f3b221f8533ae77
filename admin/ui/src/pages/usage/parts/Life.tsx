/** The life of a request: the share of each phase as a bar, then its moments. */
import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { Duration } from "~/components";
import css from "../usage.module.css";
import { useEnd } from "./state";

type Row = Schema<"UsageOut">;
type Phase = { name: "queue" | "wait" | "think" | "stream"; us: number };

/** Phases that happened, in order; a moment that did not happen joins its phase to the next. */
export function phases(row: Row): Phase[] {
  const found: Phase[] = [];
  let before = 0;
  const until = (name: Phase["name"], at: number) => {
    if (at > before) { found.push({ name, us: at - before }); before = at; }
  };
  until("queue", row.queue_us);
  until("wait", row.first_byte_us || (row.first_token_us ? 0 : row.total_us));
  until("think", row.first_token_us);
  until("stream", row.total_us);
  return found;
}

export function Life({ row, timeline }: { row: Row; timeline: Schema<"Moment">[] }) {
  const { t } = useTranslation("usage");
  const details = useDetails(row);
  const parts = phases(row);
  return (
    <Stack gap="xs">
      <div className={css.life} aria-hidden>
        {parts.map((part) => <span key={part.name} className={css[part.name]} style={{ flexGrow: part.us }} />)}
      </div>
      <Group gap="md">
        {parts.map((part) => (
          <Group key={part.name} gap={6} wrap="nowrap">
            <span className={`${css.dot} ${css[part.name]}`} aria-hidden />
            <Text size="xs" c="dimmed">{t(`phases.${part.name}`)}</Text>
            <Text size="xs"><Duration us={part.us} /></Text>
          </Group>
        ))}
      </Group>
      <ol className={css.moments}>
        {timeline.map((moment) => (
          <li key={moment.name}>
            <Text size="sm" c="dimmed"><Duration us={moment.at_us} /></Text>
            <Text size="sm" className="wrap">{t(`moments.${moment.name}`)}{details(moment) ? <Text span inherit c="dimmed"> · {details(moment)}</Text> : null}</Text>
          </li>
        ))}
      </ol>
    </Stack>
  );
}

/** What is said of a moment, from the record: the server's own words for it are English. */
function useDetails(row: Row): (moment: Schema<"Moment">) => string {
  const { t } = useTranslation("usage");
  const end = useEnd();
  return ({ name, detail }) => {
    if (name === "arrived") return row.client_protocol;
    if (name === "sent") return row.channel ? t("detail.sent", { channel: row.channel, number: Math.max(1, row.attempts) }) : "";
    if (name === "ended") return `${end(row.end)} · ${row.error || t("detail.tokens", { count: row.output_tokens })}`;
    if (name === "settled") return detail.split(" ").at(-1) ?? "";
    return "";
  };
}
