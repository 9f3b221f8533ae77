/** Where a channel leads: name, provider, and what this provider needs. */
import { Anchor, Autocomplete, Group, PasswordInput, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import type { ResourceFormState } from "~/components";
import { useTags } from "../parts/data";
import type { Values } from "./values";

type Provider = Schema<"ProviderOut">;
type Props = { form: ResourceFormState<Values>; providers: Provider[]; provider?: Provider; channel?: Schema<"ChannelOut"> };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function Connection({ form, providers, provider, channel }: Props) {
  const { t, i18n } = useTranslation(["channels", "common"]);
  // A provider that was added to the catalogue after these texts is told in the catalogue's words.
  const said = (key: string, otherwise: string): string => (i18n.exists(`channels:${key}`) ? String(t(key as never)) : otherwise);
  const tags = useTags();
  const settings = form.values.settings;
  const put = (name: string, value: unknown) => form.set("settings", { ...settings, [name]: value });
  const parameters = (settings.parameters ?? {}) as Record<string, unknown>;
  const regions = Object.keys(provider?.regions ?? {});
  const choose = (id: string | null) => {
    form.set("provider", id ?? "");
    if (!channel && id && (form.values.name === "" || providers.some((one) => one.id === form.values.name))) form.set("name", id);
  };
  return (
    <Stack gap="sm">
      <Select
        label={t("fields.provider")} searchable allowDeselect={false} nothingFoundMessage={t("form.noProvider")} data-autofocus={channel ? undefined : true} maxDropdownHeight={320}
        data={providers.map((one) => ({ value: one.id, label: one.name }))} value={form.values.provider || null} onChange={choose} error={form.errors.provider as string}
        description={provider ? <>{provider.note ? `${said(`providerNotes.${provider.id}`, provider.note)} ` : ""}<Anchor href={provider.docs} target="_blank" rel="noreferrer" size="xs" underline="always">{t("form.docs")}</Anchor></> : t("form.providerHint")}
      />
      <TextInput label={t("fields.name")} maxLength={64} {...form.field("name")} />
      {provider ? (
        <>
          {Object.entries(provider.needs).map(([name, about]) => (
            <TextInput key={name} label={name} description={said(`providerNeeds.${name}`, about)} value={text(parameters[name])} error={form.errors[`settings.parameters.${name}`] as string} onChange={(event) => put("parameters", { ...parameters, [name]: event.currentTarget.value.trim() })} />
          ))}
          {regions.length > 1 ? (
            <Select label={t("fields.region")} description={t("form.regionHint")} clearable placeholder={regions[0]} data={regions} value={text(settings.region) || null} onChange={(value) => put("region", value ?? "")} error={form.errors["settings.region"] as string} />
          ) : null}
          <TextInput
            label={t("fields.base_url")} description={provider.base_url ? t("form.ownAddress") : t("form.needsAddress")} placeholder={provider.base_url || "https://…/v1"}
            required={!provider.base_url} withAsterisk={!provider.base_url} inputMode="url" autoComplete="off" {...form.field("base_url")}
          />
          <Secret form={form} needed={provider.secret && !channel} channel={channel} />
          <Group grow align="flex-start">
            <Autocomplete label={t("fields.tag")} description={t("bulk.tagHint")} data={tags.data ?? []} maxLength={64} {...form.field("tag")} />
            <TextInput label={t("fields.remark")} description={t("form.remarkHint")} {...form.field("remark")} />
          </Group>
          <Switch label={t("form.enabled")} {...form.field("enabled", "checkbox")} />
        </>
      ) : null}
    </Stack>
  );
}

function Secret({ form, needed, channel }: { form: ResourceFormState<Values>; needed: boolean; channel?: Schema<"ChannelOut"> }) {
  const { t } = useTranslation(["channels", "common"]);
  const [several, setSeveral] = useState(false);
  if (channel?.keys) return <Text size="sm" c="dimmed">{t("form.keysElsewhere")}</Text>;
  const hint = channel?.secret_hint ? t("form.secretKept", { hint: channel.secret_hint }) : t("form.secretHint");
  return (
    <div>
      {several ? (
        <Textarea label={t("secret")} description={t("keys.addHint")} autosize minRows={3} maxRows={10} spellCheck={false} autoComplete="off" {...form.field("secret")} />
      ) : (
        <PasswordInput label={t("secret")} description={hint} withAsterisk={needed} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("form.showSecret") }} {...form.field("secret")} />
      )}
      {channel ? null : <Switch mt={6} size="xs" label={t("form.several")} checked={several} onChange={(event) => setSeveral(event.currentTarget.checked)} />}
    </div>
  );
}
