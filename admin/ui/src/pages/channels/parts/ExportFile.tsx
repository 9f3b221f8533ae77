/** Taking channels out as a file, with their secrets for who may have them and proves it. */
import { Alert, Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, useCan } from "~/api";
import { done, ProblemText } from "~/components";
import { saveText } from "~/lib/files";

/** `ids` empty: all channels. */
export default function ExportFile({ ids, close }: { ids: number[]; close: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const may = useCan()("channels.secrets", "all");
  const [secrets, setSecrets] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const found = await ok(api.POST("/api/v1/channels/export", { body: { ids, secrets } }));
      saveText("channels.yaml", found.text, "application/yaml");
      done(t("file.saved", { count: found.channels }));
      close();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Stack gap="sm">
        <Text size="sm">{ids.length ? t("file.chosen", { count: ids.length }) : t("file.everything")} {t("file.shape")}</Text>
        {may ? <Checkbox label={t("file.withSecrets")} description={t("copySecretsHint")} checked={secrets} onChange={(event) => setSecrets(event.currentTarget.checked)} /> : null}
        {secrets ? <Alert color="yellow">{t("file.careful")}</Alert> : null}
        {problem ? <ProblemText error={problem} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
          <Button type="submit" loading={busy} data-autofocus>{t("file.export")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
