/** What floats over a list with a selection: how many, all that match, what to do with them, and what came of it. */
import { ActionIcon, Alert, Button, Group, Loader, Modal, Paper, ScrollArea, Stack, Text, Transition } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { worded } from "../sentence";
import { done, failed } from "../toast";
import type { BulkAction, BulkDone, RowId } from "./types";

/** As many as the API changes at a time. */
export const MOST = 10_000;

type Props = {
  chosen: Map<RowId, string>;
  actions: BulkAction[];
  /** Chooses everything that matches; null when the page is all there is. */
  chooseAll: (() => Promise<void>) | null;
  /** How many that is, once it is known; `more`: no less. */
  matching: { count: number; more: boolean } | null;
  clear: () => void;
  changed: () => Promise<unknown>;
};
type Asked = { action: BulkAction; found: BulkDone };

export function BulkBar({ chosen, actions, chooseAll, matching, clear, changed }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [report, setReport] = useState<Asked | null>(null);
  const ids = [...chosen.keys()].map(Number);
  const all = matching ? t(matching.more ? "bulk.allMore" : "bulk.allOf", { count: matching.count }) : t("bulk.all");

  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  const run = (action: BulkAction) =>
    during(async () => {
      setAsked(null);
      const found = await action.run(ids, false);
      if (!found) return;
      const bad = new Set(found.results.filter((one) => !one.ok).map((one) => one.id));
      const good = ids.filter((id) => !bad.has(id));
      const { undo } = action;
      await changed();
      if (found.refused > 0) setReport({ action, found });
      else {
        const back = undo && (async () => { await undo(good); await changed(); });
        done(t("bulk.done", { count: found.changed, action: action.label }), back);
      }
    });
  const start = (action: BulkAction) =>
    action.danger
      ? during(async () => {
          const found = await action.run(ids, true);
          if (found) setAsked({ action, found });
        })
      : run(action);

  return (
    <>
      <Transition mounted={chosen.size > 0} transition="slide-up">
        {(style) => (
          <Paper style={style} className="bulk" shadow="lg" withBorder role="region" aria-label={t("bulk.label")}>
            <Group gap="xs">
              <ActionIcon aria-label={t("bulk.clear")} onClick={clear}><IconX size={16} /></ActionIcon>
              <Text size="sm" fw={600} aria-live="polite">{t("bulk.count", { count: chosen.size })}</Text>
              {chosen.size >= MOST ? <Text size="xs" c="dimmed">{t("bulk.most", { count: MOST })}</Text> : null}
              {chooseAll ? <Button size="compact-sm" variant="subtle" disabled={busy} onClick={() => during(chooseAll)}>{all}</Button> : null}
            </Group>
            <Group gap={6}>
              {busy ? <Loader size="xs" /> : null}
              {actions.map((action) => (
                <Button
                  key={action.key} size="compact-sm" variant="default" c={action.danger ? "var(--mantine-color-error)" : undefined} disabled={busy}
                  leftSection={<action.icon size={14} />} onClick={() => start(action)}
                >
                  {action.label}
                </Button>
              ))}
            </Group>
          </Paper>
        )}
      </Transition>
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={asked?.action.label} closeButtonProps={{ "aria-label": t("close") }}>
        {asked ? (
          <Stack>
            <Text size="sm">{t("bulk.ask", { count: asked.found.matched, action: asked.action.label })}</Text>
            <Names chosen={chosen} ids={ids} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsked(null)}>{t("cancel")}</Button>
              <Button color="red" data-autofocus onClick={() => run(asked.action)}>{asked.action.label}</Button>
            </Group>
          </Stack>
        ) : null}
      </Modal>
      <Modal opened={report !== null} onClose={() => setReport(null)} title={report?.action.label} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
        {report ? <Report chosen={chosen} found={report.found} /> : null}
      </Modal>
    </>
  );
}

function Names({ chosen, ids }: { chosen: Map<RowId, string>; ids: number[] }) {
  const { t } = useTranslation();
  const shown = ids.slice(0, 12).map((id) => chosen.get(id) ?? String(id));
  return <Text size="sm" c="dimmed" className="wrap">{shown.join(", ")}{ids.length > 12 ? ` ${t("bulk.more", { count: ids.length - 12 })}` : ""}</Text>;
}

function Report({ chosen, found }: { chosen: Map<RowId, string>; found: BulkDone }) {
  const { t } = useTranslation();
  // Drawn again when the sentences are there.
  useTranslation("sentences", { useSuspense: false });
  const words = ({ code, params, problem }: BulkDone["results"][number]) => worded({ code: code ?? "", params: params ?? {}, text: problem ?? "" });
  return (
    <Stack gap="xs">
      <Alert color="yellow">{t("bulk.report", { changed: found.changed, refused: found.refused })}</Alert>
      <ScrollArea.Autosize mah={320}>
        <Stack gap={4}>
          {found.results.filter((one) => !one.ok).map((one) => (
            <Text key={one.id} size="sm" className="wrap"><b>{chosen.get(one.id) ?? one.id}</b>: {words(one)}</Text>
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  );
}
