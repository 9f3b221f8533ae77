/** The form of one rate limit. A stored one keeps its name: the API finds it by that. */
import { Fieldset, Group, Loader, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"LimitOut">;
type Per = NonNullable<Schema<"LimitSet">["per"]>;
const DIMENSIONS = ["key", "user", "team", "group", "model", "channel"] as const;
const METRICS = ["requests", "tokens", "concurrent"] as const;
const WINDOWS = ["second", "minute", "hour", "day"] as const;
type Values = { name: string; metric: Row["metric"]; window: NonNullable<Row["window"]>; amount: number | string; match: Record<(typeof DIMENSIONS)[number], string>; per: string[]; enabled: boolean };
type Props = { id?: number; may: boolean; onSaved: () => unknown; close: () => void };

const NOTHING = { key: "", user: "", team: "", group: "", model: "", channel: "" };
const FRESH: Values = { name: "", metric: "requests", window: "minute", amount: 60, match: NOTHING, per: ["key"], enabled: true };
const valuesOf = (row: Row): Values => ({
  name: row.name, metric: row.metric, window: row.window ?? "minute", amount: row.amount, per: row.per, enabled: row.enabled,
  match: { ...NOTHING, ...Object.fromEntries(Object.entries(row.match ?? {}).map(([name, value]) => [name, String(value ?? "")])) },
});
const wantedOf = ({ match, metric, window, amount, per, ...values }: Values): Schema<"LimitSet"> => ({
  ...values, metric, window: metric === "concurrent" ? null : window, amount: Number(amount), per: per as Per,
  match: Object.fromEntries(Object.entries(match).filter(([, value]) => value.trim()).map(([name, value]) => [name, value.trim()])),
});
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/limits/{limit}", { params: { path: { limit: String(id) } } }));
  return { value: valuesOf(value), etag };
};

export function LimitEditor({ id, ...rest }: Props) {
  const stored = useQuery({ queryKey: ["limits", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} {...rest} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} {...rest} />;
}

function Fields({ id, initial, etag, may, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("limits");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Row>({
    initial,
    etag,
    save: (values, tag) => ok(api.PUT("/api/v1/limits", { params: { header: ifMatch(tag) }, body: wantedOf(values) })),
    reload: id === undefined ? undefined : () => read(id),
    onSaved: async () => {
      await onSaved();
      queries.removeQueries({ queryKey: ["limits", "edit", id] });
      done(t("saved"));
      close();
    },
  });
  const names = DIMENSIONS.map((value) => ({ value, label: t(`dimensions.${value}`) }));
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("nav.newLimit") : undefined}>
      <Fieldset variant="unstyled" disabled={!may}>
        <Stack gap="sm">
          <TextInput label={t("name")} maxLength={64} readOnly={id !== undefined} data-autofocus {...form.field("name")} />
          <Group grow align="flex-start">
            <Select label={t("metric")} allowDeselect={false} data={METRICS.map((value) => ({ value, label: t(`metrics.${value}`) }))} {...form.field("metric")} />
            <NumberInput label={t("amount")} min={1} max={1e15} allowDecimal={false} {...form.field("amount")} />
            {form.values.metric === "concurrent" ? null : <Select label={t("window")} allowDeselect={false} data={WINDOWS.map((value) => ({ value, label: t(`windows.${value}`) }))} {...form.field("window")} />}
          </Group>
          <MultiSelect label={t("per")} description={t("perHint")} data={names} clearable {...form.field("per")} />
          <Fieldset legend={t("match")}>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
              {DIMENSIONS.map((name) => <TextInput key={name} label={t(`dimensions.${name}`)} placeholder={t("any")} {...form.field(`match.${name}` as "match")} />)}
            </SimpleGrid>
          </Fieldset>
          <Switch label={t("enabled")} {...form.field("enabled", "checkbox")} />
        </Stack>
      </Fieldset>
    </ResourceForm>
  );
}
