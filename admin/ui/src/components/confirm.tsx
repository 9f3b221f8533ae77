/** Asks before what cannot be taken back: `if (await confirm({ title, text, action })) ...`. */
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

export type Question = {
  title: string;
  text?: ReactNode;
  /** What the button says: the verb. */
  action: string;
  danger?: boolean;
  /** Has to be typed first, for what is worst. */
  typed?: string;
};

type Asked = Question & { answer: (yes: boolean) => void };
let asked: Asked | null = null;
const watchers = new Set<() => void>();
const put = (next: Asked | null) => {
  asked = next;
  for (const watcher of watchers) watcher();
};

export function confirm(question: Question): Promise<boolean> {
  asked?.answer(false);
  return new Promise((resolve) => put({ ...question, answer: (yes) => { put(null); resolve(yes); } }));
}

/** Stands once in the shell. */
export function ConfirmHost() {
  const now = useSyncExternalStore((watcher) => { watchers.add(watcher); return () => watchers.delete(watcher); }, () => asked);
  return now ? <Dialog key={now.title} {...now} /> : null;
}

function Dialog({ title, text, action, danger, typed, answer }: Asked) {
  const { t } = useTranslation();
  const [word, setWord] = useState("");
  return (
    <Modal opened onClose={() => answer(false)} title={title} zIndex={500} closeButtonProps={{ "aria-label": t("close") }} attributes={{ header: { role: "presentation" }, content: { "data-modal": "true" } }}>
      <form onSubmit={(event) => { event.preventDefault(); answer(true); }}>
        <Stack gap="sm">
          {text ? <Text size="sm" component="div">{text}</Text> : null}
          {typed ? <TextInput label={t("confirm.type", { word: typed })} value={word} onChange={(event) => setWord(event.currentTarget.value)} data-autofocus /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => answer(false)}>{t("cancel")}</Button>
            <Button type="submit" color={danger ? "red" : undefined} disabled={typed !== undefined && word !== typed} data-autofocus={typed ? undefined : true}>{action}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
