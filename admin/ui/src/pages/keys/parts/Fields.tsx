/** The fields of a key, new or there already. */
import { Autocomplete, Fieldset, Stack, Switch, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AmountInput, type ResourceFormState, TimeInput } from "~/components";
import { useManaged, useMay } from "../rights";
import { ENDPOINTS, type Values } from "../shape";
import { Budgets, Limits } from "./Limits";

export function Fields({ form, first }: { form: ResourceFormState<Values>; first?: ReactNode }) {
  const { t } = useTranslation("keys");
  const may = useMay();
  const teams = useManaged();
  const wrong = (name: keyof Values) => (form.errors[name] ? <Text size="xs" c="var(--mantine-color-error)">{String(form.errors[name])}</Text> : null);
  return (
    <Stack gap="sm">
      <TextInput label={t("name")} required maxLength={100} data-autofocus {...form.field("name")} />
      {first}
      {may.user ? <TextInput label={t("user")} description={t("userHint")} {...form.field("user")} /> : null}
      {teams.length > 0 ? <Autocomplete label={t("team")} description={t(may.user ? "teamHint" : "teamHintLead")} data={teams} limit={30} {...form.field("team")} /> : null}
      <TagsInput label={t("models")} description={t("modelsHint")} placeholder={form.values.models.length ? undefined : t("all")} {...form.field("models")} />
      <TagsInput label={t("endpoints")} description={t("endpointsHint")} data={ENDPOINTS} placeholder={form.values.endpoints.length ? undefined : t("all")} {...form.field("endpoints")} />
      <TagsInput label={t("networks")} description={t("networksHint")} placeholder={form.values.networks.length ? undefined : t("anywhere")} {...form.field("networks")} />
      <Suspense><TimeInput label={t("expires")} placeholder={t("never")} {...form.field("expires_at")} /></Suspense>
      <Budgets value={form.values.budgets} onChange={(value) => form.set("budgets", value)} error={wrong("budgets")} />
      {may.limits ? <Limits value={form.values.limits} onChange={(value) => form.set("limits", value)} error={wrong("limits")} /> : null}
      <AmountInput label={t("costCap")} description={t("costCapHint")} {...form.field("cost_cap")} />
      <Fieldset legend={t("groupTitle")}>
        <Stack gap="xs">
          <TextInput label={t("group")} description={t("groupHint")} {...form.field("group")} />
          <TagsInput label={t("groups")} description={t("groupsHint")} {...form.field("groups")} />
          <Switch label={t("groupRetry")} {...form.field("group_retry", "checkbox")} />
        </Stack>
      </Fieldset>
      <Textarea label={t("remark")} autosize maxRows={6} {...form.field("remark")} />
      <Switch label={t("strict")} description={t("strictHint")} {...form.field("strict", "checkbox")} />
      {may.admin ? <Switch label={t("admin")} {...form.field("admin", "checkbox")} /> : null}
      <Switch label={t("enabled")} {...form.field("enabled", "checkbox")} />
    </Stack>
  );
}
