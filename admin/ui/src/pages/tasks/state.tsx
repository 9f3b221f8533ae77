/** How far a task is and whether its cost is booked, as colours and words. */
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { Status, type Tone, useSaid } from "~/components";

type Row = Schema<"TaskOut">;

const STATE: Record<Row["state"], Tone> = { queued: "info", in_progress: "info", completed: "good", incomplete: "warn", failed: "bad", cancelled: "idle", lost: "warn" };
const SETTLEMENT: Record<Row["settlement"], Tone> = { open: "info", exact: "good", estimate: "warn" };
export const STATES = Object.keys(STATE) as Row["state"][];
export const SETTLEMENTS = Object.keys(SETTLEMENT) as Row["settlement"][];

export function TaskState({ row }: { row: Row }) {
  const { t } = useTranslation("tasks");
  const said = useSaid();
  return <Status tone={STATE[row.state]} why={said(row.note_said) || undefined}>{t(`states.${row.state}`)}</Status>;
}

export function Settled({ row }: { row: Row }) {
  const { t } = useTranslation("tasks");
  return <Status tone={SETTLEMENT[row.settlement]} why={t(`settlementWhy.${row.settlement}`)}>{t(`settlements.${row.settlement}`)}</Status>;
}
