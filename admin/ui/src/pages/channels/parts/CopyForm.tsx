/** How a copy of a channel is called, and whether it gets the keys too. */
import { Button, Checkbox, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Schema, useCan } from "~/api";

type Copy = Schema<"ChannelCopy">;
type Props = { initial: string; answer: (copy: Copy | null) => void };

export function CopyForm({ initial, answer }: Props) {
  const { t } = useTranslation(["channels", "common"]);
  const secret = useCan()("channels.secrets", "all");
  const [name, setName] = useState(initial);
  const [secrets, setSecrets] = useState(false);
  const [enabled, setEnabled] = useState(false);
  return (
    <form onSubmit={(event) => { event.preventDefault(); answer({ name: name.trim(), secrets, enabled }); }}>
      <Stack gap="sm">
        <TextInput label={t("fields.name")} maxLength={64} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        {secret ? <Checkbox label={t("copySecrets")} description={t("copySecretsHint")} checked={secrets} onChange={(event) => setSecrets(event.currentTarget.checked)} /> : null}
        <Checkbox label={t("copyEnabled")} checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answer(null)}>{t("common:cancel")}</Button>
          <Button type="submit" disabled={!name.trim()}>{t("copy")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
