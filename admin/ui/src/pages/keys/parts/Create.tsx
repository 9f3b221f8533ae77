/** New keys, one or many at a time; their values are shown once, here. */
import { Button, Group, NumberInput, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { ResourceForm, SecretOnce, useResourceForm } from "~/components";
import { useMay } from "../rights";
import { bodyOf, FRESH, type Values } from "../shape";
import { Fields } from "./Fields";
import { Snippets } from "./Snippets";

type Made = { name: string; key: string }[];

export function Create({ onSaved, close }: { onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation(["keys", "common"]);
  const may = useMay();
  const [made, setMade] = useState<Made | null>(null);
  const form = useResourceForm<Values & { count: number }, Made>({
    initial: { ...FRESH, count: 1 },
    save: async ({ count, ...values }) => {
      const body = bodyOf(values, may);
      if (count > 1) return (await ok(api.POST("/api/v1/keys/batch", { body: { ...body, count, key: undefined } }))).items;
      return [await ok(api.POST("/api/v1/keys", { body }))];
    },
    onSaved: async (keys) => {
      setMade(keys);
      await onSaved();
    },
  });
  if (made) {
    const [only] = made;
    return (
      <Stack>
        <SecretOnce secret={made.length === 1 && only ? only.key : made.map((one) => `${one.name}\t${one.key}`)} name={only?.name ?? "keys"} note={t("once", { count: made.length })} />
        {made.length === 1 ? <Snippets /> : null}
        <Group justify="flex-end"><Button onClick={close}>{t("common:close")}</Button></Group>
      </Stack>
    );
  }
  return (
    <ResourceForm form={form as never} onCancel={close} fresh action={t("create")}>
      <Fields form={form as never} first={<NumberInput label={t("count")} description={t("countHint")} min={1} max={1000} allowDecimal={false} {...form.field("count")} />} />
    </ResourceForm>
  );
}
