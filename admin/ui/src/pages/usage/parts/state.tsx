/** How a request ended, as a colour and a word. */
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { Status, type Tone, useSaid } from "~/components";

type Row = Schema<"UsageOut">;
/** An answer that an operator's rule for the channel put in place: its words are the operator's. */
const RULE = "upstream_rule";
export const ENDS = ["complete", "client_gone", "upstream_error", "upstream_cut", "upstream_timeout", "rejected", "drained"] as const;

export const OPERATIONS = ["chat", "text_completion", "embeddings", "count_tokens", "compact"] as const;

/** The words for how a request ended; an end that has none is said as it is. */
export function useEnd(): (end: string) => string {
  const { t } = useTranslation("usage");
  return (end) => {
    const known = ENDS.find((one) => one === end);
    return known ? t(`ends.${known}`) : end;
  };
}

/** The words for what was asked for. */
export function useOperation(): (operation: string) => string {
  const { t } = useTranslation("usage");
  return (operation) => {
    const known = OPERATIONS.find((one) => one === operation);
    return known ? t(`operations.${known}`) : operation;
  };
}

export const failedRow = (row: Row): boolean => row.status >= 400 || (row.end !== "complete" && row.end !== "client_gone");

/** What the client was told: the gateway's own words in one's language, a provider's as they are and marked as such. "" for nothing. */
export function useWhy(): (row: Row) => string {
  const { t } = useTranslation("usage");
  const said = useSaid();
  return (row) => {
    if (!row.error_text || row.error_said?.code) return said(row.error_said);
    return row.error.startsWith("upstream_") && row.error !== RULE ? t("fromProvider", { text: row.error_text }) : row.error_text;
  };
}

export function RequestState({ row }: { row: Row }) {
  const end = useEnd();
  const told = useWhy();
  const tone: Tone = row.end === "client_gone" ? "idle" : row.status >= 500 ? "bad" : failedRow(row) ? "warn" : "good";
  const why = [end(row.end), told(row)].filter(Boolean).join(" · ");
  return <Status tone={tone} why={tone === "good" ? undefined : why}>{row.status}</Status>;
}
