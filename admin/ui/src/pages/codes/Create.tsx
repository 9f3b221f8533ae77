/** The form of a new batch; the codes are shown once it is made. */
import { Button, Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, type Schema } from "~/api";
import { AmountInput, done, ResourceForm, SecretOnce, TimeInput, useResourceForm } from "~/components";

type Values = { name: string; credit: string; count: number; expires_at: string | null };

export function Create({ onMade, close }: { onMade: () => unknown; close: () => void }) {
  const { t } = useTranslation(["codes", "common"]);
  const key = useRef(crypto.randomUUID());
  const [made, setMade] = useState<Schema<"CodesMade"> | null>(null);
  const form = useResourceForm<Values, Schema<"CodesMade">>({
    initial: { name: "", credit: "10", count: 10, expires_at: null },
    save: (values) => ok(api.POST("/api/v1/redemption-codes", { params: { header: idempotent(key.current) }, body: values })),
    onSaved: async (found) => {
      setMade(found);
      await onMade();
      done(t("made", { count: found.codes.length }));
    },
  });
  if (made) {
    return (
      <Stack gap="sm">
        <SecretOnce secret={made.codes} name={`codes-${made.batch}`} note={t("madeNote")} />
        <Group justify="flex-end"><Button onClick={close}>{t("common:close")}</Button></Group>
      </Stack>
    );
  }
  return (
    <ResourceForm form={form} onCancel={close} fresh action={t("make")}>
      <Stack gap="sm">
        <TextInput label={t("name")} description={t("nameHint")} maxLength={100} data-autofocus {...form.field("name")} />
        <Group grow align="flex-start">
          <AmountInput label={t("creditEach")} {...form.field("credit")} />
          <NumberInput label={t("count")} min={1} max={1000} allowDecimal={false} {...form.field("count")} />
        </Group>
        <Suspense><TimeInput label={t("expires")} {...form.field("expires_at")} /></Suspense>
      </Stack>
    </ResourceForm>
  );
}
