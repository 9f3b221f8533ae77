/** A turn that is being put differently: Ctrl-Enter takes it over, Escape leaves it as it was. */
import { Button, Group, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";

type Props = { text: string; save: string; onSave: (text: string) => void; onCancel: () => void };

export function Editor({ text, save, onSave, onCancel }: Props) {
  const { t } = useTranslation("playground");
  const [draft, setDraft] = useState(text);
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSave(draft);
    else return;
    event.preventDefault();
  };
  return (
    <div>
      <Textarea autosize minRows={2} maxRows={16} value={draft} onChange={(event) => setDraft(event.currentTarget.value)} onKeyDown={key} aria-label={t("edit.label")} data-autofocus autoFocus />
      <Group gap={6} mt={6} justify="flex-end">
        <Button size="compact-sm" variant="default" onClick={onCancel}>{t("cancel")}</Button>
        <Button size="compact-sm" onClick={() => onSave(draft)}>{save}</Button>
      </Group>
    </div>
  );
}
