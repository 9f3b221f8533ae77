/** Which models a channel serves: names under which they are asked for, and other names at the provider. */
import { ActionIcon, Autocomplete, Button, Group, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ResourceFormState } from "~/components";
import { isGlob } from "../parts/data";
import type { Renamed, Values } from "./values";

export function ModelFields({ form }: { form: ResourceFormState<Values> }) {
  const { t } = useTranslation(["channels", "common"]);
  const { models, renamed } = form.values;
  const put = (index: number, part: Partial<Renamed>) => form.set("renamed", renamed.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const names = [...new Set([...models, ...renamed.map((one) => one.name)])].filter((name) => name && !isGlob(name));
  return (
    <Stack gap="sm">
      <TagsInput
        label={t("fields.models")} description={t("form.modelsHint")} splitChars={[",", " ", "\n"]} placeholder={models.length + renamed.length ? undefined : t("allModels")}
        value={models} onChange={(value) => form.set("models", value)} error={form.errors.models as string} clearable clearButtonProps={{ "aria-label": t("form.clearModels") }}
      />
      <Stack gap={6}>
        <Text size="sm" fw={500}>{t("form.renamed")}</Text>
        {renamed.map((one, index) => (
          <Group key={index} gap={6} wrap="nowrap" align="center">
            <TextInput flex={1} aria-label={t("models.public")} placeholder={t("models.public")} value={one.name} onChange={(event) => put(index, { name: event.currentTarget.value })} />
            <Text aria-hidden>→</Text>
            <TextInput flex={1} aria-label={t("models.upstream")} placeholder={t("models.upstream")} value={one.to} onChange={(event) => put(index, { to: event.currentTarget.value })} />
            <ActionIcon aria-label={t("form.removeRow", { name: one.name })} onClick={() => form.set("renamed", renamed.filter((_, at) => at !== index))}><IconX size={15} /></ActionIcon>
          </Group>
        ))}
        <Group><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => form.set("renamed", [...renamed, { name: "", to: "" }])}>{t("form.addRenamed")}</Button></Group>
      </Stack>
      <Autocomplete label={t("fields.test_model")} description={t("form.testModelHint")} data={names} {...form.field("test_model")} />
    </Stack>
  );
}
