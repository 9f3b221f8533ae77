/** Whom a channel serves, how often, and its limits. */
import { Accordion, Group, MultiSelect, NumberInput, PasswordInput, Select, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schema } from "~/api";
import { JsonEditor, type ResourceFormState } from "~/components";
import { WATCHES } from "../parts/ChangeForm";
import { PROXY, useGroupNames } from "../parts/data";
import type { Values } from "./values";

type Props = { form: ResourceFormState<Values>; provider: Schema<"ProviderOut">; channel?: Schema<"ChannelOut"> };
const TIMES = ["connect_timeout_s", "first_byte_timeout_s", "idle_timeout_s"] as const;

export function Behaviour({ form, provider, channel }: Props) {
  const { t } = useTranslation(["channels", "common"]);
  const groups = useGroupNames();
  const settings = form.values.settings;
  const put = (name: string, value: unknown) => form.set("settings", { ...settings, [name]: value });
  const wrong = (name: string) => form.errors[`settings.${name}`] as string | undefined;
  const text = (name: string) => (settings[name] === undefined || settings[name] === null ? "" : String(settings[name]));
  const spoken = provider.speaks.map((one) => one.protocol);
  return (
    <Accordion multiple variant="separated" defaultValue={["routing"]} keepMounted={false}>
      <Accordion.Item value="routing">
        <Accordion.Control>{t("form.routing")}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            <Group grow align="flex-start">
              <NumberInput label={t("fields.priority")} description={t("form.priorityHint")} allowDecimal={false} {...form.field("priority")} />
              <NumberInput label={t("fields.weight")} description={t("form.weightHint")} min={0} allowDecimal={false} {...form.field("weight")} />
            </Group>
            <MultiSelect label={t("fields.groups")} description={t("form.groupsHint")} searchable placeholder={form.values.groups.length ? undefined : t("allGroups")} data={[...new Set([...(groups.data ?? []), ...form.values.groups])]} {...form.field("groups")} />
            <Select label={t("fields.key_mode")} allowDeselect={false} data={(["random", "round_robin"] as const).map((value) => ({ value, label: t(`keyModes.${value}`) }))} {...form.field("key_mode")} />
            <Switch label={t("fields.auto_disable")} {...form.field("auto_disable", "checkbox")} />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
      <Accordion.Item value="watch">
        <Accordion.Control>{t("form.watching")}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            <Select label={t("fields.watch_models")} description={t("form.watchHint")} allowDeselect={false} data={WATCHES.map((value) => ({ value, label: t(`watches.${value}`) }))} {...form.field("watch_models")} />
            <TagsInput label={t("fields.ignored_models")} description={t("form.ignoredHint")} splitChars={[",", " "]} {...form.field("ignored_models")} />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
      <Accordion.Item value="limits">
        <Accordion.Control>{t("form.limits")}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            <Group grow align="flex-start">
              {TIMES.map((name) => (
                <NumberInput key={name} label={t(`fields.${name}`)} min={0} suffix=" s" placeholder={t("form.default")} value={text(name)} error={wrong(name)} onChange={(value) => put(name, value === "" ? "" : Number(value))} />
              ))}
            </Group>
            <TextInput label={t("fields.proxy")} description={t("form.proxyHint")} placeholder={PROXY} value={text("proxy")} error={wrong("proxy")} onChange={(event) => put("proxy", event.currentTarget.value.trim())} />
            {text("proxy") ? <PasswordInput label={t("fields.proxy_secret")} description={channel?.has_proxy_secret ? t("form.proxyKept") : t("form.proxySecretHint")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("form.showSecret") }} {...form.field("proxy_secret")} /> : null}
            <TextInput label={t("fields.price_ratio")} description={t("form.ratioHint")} inputMode="decimal" placeholder="1" value={text("price_ratio")} error={wrong("price_ratio")} onChange={(event) => put("price_ratio", event.currentTarget.value.trim())} />
            {settings.protocols && !Array.isArray(settings.protocols) ? null : (
              <MultiSelect label={t("fields.protocols")} description={t("form.protocolsHint")} placeholder={t("form.default")} data={spoken.map((value) => ({ value, label: t(`endpoints.${value as "chat"}`) }))} value={(settings.protocols as string[] | undefined) ?? []} error={wrong("protocols")} onChange={(value) => put("protocols", value)} />
            )}
            <JsonEditor label={t("fields.headers")} description={t("form.headersHint")} value={form.values.headers} minRows={3} error={form.errors.headers as string} onChange={(value, bad) => { if (!bad) form.set("headers", (value ?? {}) as Record<string, string>); }} />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
