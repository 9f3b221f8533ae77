/** Asks for a group, for several keys at once. Empty: that of each key's user. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export type GroupQuestion = { answer: (group: string | null) => void } | null;

export function GroupAsk({ question }: { question: GroupQuestion }) {
  const { t } = useTranslation(["keys", "common"]);
  const [text, setText] = useState("");
  return (
    <Modal opened={question !== null} onClose={() => question?.answer(null)} title={t("setGroup")} closeButtonProps={{ "aria-label": t("common:close") }} attributes={{ header: { role: "presentation" }, content: { "data-modal": "true" } }}>
      <form onSubmit={(event) => { event.preventDefault(); question?.answer(text.trim()); }}>
        <Stack gap="sm">
          <TextInput label={t("group")} description={t("groupHint")} value={text} onChange={(event) => setText(event.currentTarget.value)} data-autofocus />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => question?.answer(null)}>{t("common:cancel")}</Button>
            <Button type="submit">{t("common:apply")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
