/** When channels are switched off, on again and tested: the settings of the area "channels", as a form. */
import { Anchor, Loader, NumberInput, Select, Stack, Switch, TagsInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Values = Record<string, unknown>;
/** Of the area; what the form has no words for is on the page of settings. */
const SWITCHES = ["auto_disable", "auto_enable"] as const;
const NUMBERS = ["disable_after", "test_every_min", "test_at_once", "slow_ms", "models_every_min"] as const;
const path = { area: "channels" };

const read = async () => {
  const { value, etag } = await tagged(api.GET("/api/v1/settings/{area}", { params: { path } }));
  return { value: Object.fromEntries(value.settings.map((one) => [one.name, one.value])) as Values, etag, settings: value.settings };
};

export default function Policies() {
  const stored = useQuery({ queryKey: ["settings", "channels", "form"], queryFn: read, gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  if (stored.isError) return <ProblemText error={stored.error} retry={() => stored.refetch()} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Form key={stored.data.etag} initial={stored.data.value} etag={stored.data.etag} settings={stored.data.settings} saved={() => stored.refetch()} />;
}

function Form({ initial, etag, settings, saved }: { initial: Values; etag: string; settings: Schema<"SettingOut">[]; saved: () => unknown }) {
  const { t } = useTranslation("routes");
  const writes = useCan()("settings.write", "all");
  const form = useResourceForm<Values, unknown>({
    initial,
    etag,
    // Only what was changed: the rest keeps its source.
    save: (values, tag) =>
      ok(api.PATCH("/api/v1/settings/{area}", { params: { path, header: ifMatch(tag) }, body: Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(initial[name]))) })),
    reload: read,
    onSaved: async () => {
      await saved();
      done(t("saved"));
    },
  });
  const bounds = (name: string) => {
    const shape = settings.find((one) => one.name === name)?.form as { minimum?: number; maximum?: number } | undefined;
    return { min: shape?.minimum, max: shape?.maximum };
  };
  return (
    <ResourceForm form={form}>
      <Text size="sm" c="dimmed">{t("policies.about")} <Anchor component={Link} to="/settings?area=channels" size="sm" underline="always">{t("policies.all")}</Anchor></Text>
      <fieldset disabled={!writes} style={{ border: "none", padding: 0, margin: 0 }}>
        <Stack gap="sm">
          {SWITCHES.map((name) => <Switch key={name} label={t(`policies.${name}`)} description={t(`policies.${name}_hint`)} {...form.field(name, "checkbox")} />)}
          <TagsInput
            label={t("policies.disable_statuses")} description={t("policies.disable_statuses_hint")} splitChars={[",", " "]} error={form.errors.disable_statuses as string}
            value={((form.values.disable_statuses ?? []) as number[]).map(String)} onChange={(value) => form.set("disable_statuses", value.map(Number).filter((one) => Number.isInteger(one)))}
          />
          <TagsInput label={t("policies.disable_keywords")} description={t("policies.disable_keywords_hint")} splitChars={["\n"]} {...form.field("disable_keywords")} />
          {NUMBERS.map((name) => <NumberInput key={name} label={t(`policies.${name}`)} description={t(`policies.${name}_hint`)} allowDecimal={false} {...bounds(name)} {...form.field(name)} />)}
          <Select label={t("policies.test_which")} allowDeselect={false} data={(["all", "off"] as const).map((value) => ({ value, label: t(`policies.which.${value}`) }))} {...form.field("test_which")} />
        </Stack>
      </fieldset>
    </ResourceForm>
  );
}
