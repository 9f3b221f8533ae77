/** Asks for the models of several teams at once. None: every model. */
import { Button, Group, Modal, Stack, TagsInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export type ModelsQuestion = { answer: (models: string[] | null) => void } | null;

export function ModelsAsk({ question }: { question: ModelsQuestion }) {
  const { t } = useTranslation(["teams", "common"]);
  const [models, setModels] = useState<string[]>([]);
  return (
    <Modal opened={question !== null} onClose={() => question?.answer(null)} title={t("setModels")} closeButtonProps={{ "aria-label": t("common:close") }} attributes={{ header: { role: "presentation" }, content: { "data-modal": "true" } }}>
      <form onSubmit={(event) => { event.preventDefault(); question?.answer(models); }}>
        <Stack gap="sm">
          <TagsInput label={t("models")} description={t("modelsHint")} value={models} onChange={setModels} data-autofocus />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => question?.answer(null)}>{t("common:cancel")}</Button>
            <Button type="submit">{t("common:apply")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
