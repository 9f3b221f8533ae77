/** Whose requests a rule is about; nothing chosen: all. */
import { Fieldset, Stack, TagsInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, useCan } from "~/api";
import type { ResourceFormState } from "~/components";
import type { Values } from "./shape";
import { Things } from "./Things";

/** An example, the same in every language. */
const MODELS = "gpt-*, claude-*";

export function Scope({ form }: { form: ResourceFormState<Values> }) {
  const { t } = useTranslation("safety");
  const can = useCan();
  const groups = useQuery({ queryKey: ["groups", "names"], queryFn: ({ signal }) => ok(api.GET("/api/v1/groups", { signal })), enabled: can("groups.read", "all"), staleTime: 60_000 });
  return (
    <Fieldset legend={t("scope.title")}>
      <Stack gap="sm">
        <Text size="xs" c="dimmed">{t("scope.about")}</Text>
        <TagsInput label={t("scope.models")} placeholder={form.values.models.length ? undefined : MODELS} {...form.field("models")} />
        <TagsInput label={t("scope.groups")} placeholder={form.values.groups.length ? undefined : t("scope.all")} data={(groups.data?.items ?? []).map((group) => group.name)} comboboxProps={{ zIndex: 450 }} {...form.field("groups")} />
        <Things kind="key" label={t("scope.keys")} placeholder={t("scope.all")} value={form.values.key_ids} onChange={(ids) => form.set("key_ids", ids)} error={form.errors.key_ids as string | undefined} />
        <Things kind="organisation" label={t("scope.organisations")} placeholder={t("scope.all")} value={form.values.organisation_ids} onChange={(ids) => form.set("organisation_ids", ids)} error={form.errors.organisation_ids as string | undefined} />
      </Stack>
    </Fieldset>
  );
}
