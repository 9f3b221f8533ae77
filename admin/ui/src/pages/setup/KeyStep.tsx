/** The first API key, shown once. */
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { SecretOnce } from "~/components/SecretOnce";
import { useStep } from "./useStep";

export function KeyStep({ secret, onMade, onDone }: { secret: string; onMade: (secret: string) => void; onDone: () => void }) {
  const { t } = useTranslation("setup");
  const { busy, problem, fields, during } = useStep();
  const [name, setName] = useState("first-key");
  const make = () => during(async () => onMade((await ok(api.POST("/api/v1/keys", { body: { name: name.trim() } }))).key));
  if (secret) {
    return (
      <Stack gap="sm">
        <SecretOnce secret={secret} name={name} />
        <Group justify="flex-end"><Button autoFocus onClick={onDone}>{t("next")}</Button></Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={(event) => { event.preventDefault(); void make(); }}>
      <Stack gap="sm">
        {problem ? <ProblemText error={problem} /> : null}
        <TextInput label={t("keyName")} description={t("keyHint")} value={name} required withAsterisk={false} error={fields.name} autoFocus onChange={(event) => setName(event.currentTarget.value)} />
        <Group justify="flex-end"><Button type="submit" loading={busy}>{t("makeKey")}</Button></Group>
      </Stack>
    </form>
  );
}
