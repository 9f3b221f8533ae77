/** The form of one plan, new or there already. */
import { Autocomplete, Fieldset, Group, Loader, NumberInput, Select, Stack, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { AmountInput, done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"PlanOut">;
type Values = Omit<Required<Schema<"PlanCreate">>, "quota"> & { quota: string };
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = {
  name: "", title: "", description: "", enabled: true, public: true, position: 0, price: "", term_unit: "month", term_count: 1, quota: "", reset: "term",
  reset_s: 0, use: "first", overflow: true, group: "", group_after: "", rank: 0, per_user: 0, pay_by: ["balance"],
};
const UNITS = ["hour", "day", "week", "month", "year"] as const;
const RESETS = ["term", "day", "week", "month", "custom"] as const;
const USES = ["first", "after_wallet"] as const;
/** What sells amounts of any size; Creem sells products of its own. */
const PAY = ["balance", "stripe", "epay", "transfer"];
const HOUR_S = 3600;

const valuesOf = ({ id: _, running: __, created_at: ___, updated_at: ____, ...values }: Row): Values => values;
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/plans/{plan}", { params: { path: { plan: String(id) } } }));
  return { value: valuesOf(value), etag };
};

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["plans", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("plans");
  const queries = useQueryClient();
  const groups = useQuery({ queryKey: ["groups", "names"], queryFn: async ({ signal }) => (await ok(api.GET("/api/v1/groups", { signal }))).items.map((one) => one.name), staleTime: 60_000 });
  const form = useResourceForm<Values, Row>({
    initial,
    etag,
    check: ({ price, quota }) => ({ ...(price ? {} : { price: t("amountNeeded") }), ...(quota ? {} : { quota: t("amountNeeded") }) }),
    save: (values, tag) =>
      id === undefined
        ? ok(api.POST("/api/v1/plans", { body: values }))
        : ok(api.PATCH("/api/v1/plans/{plan}", { params: { path: { plan: String(id) }, header: ifMatch(tag) }, body: values })),
    reload: id === undefined ? undefined : () => read(id),
    onSaved: async () => {
      await onSaved();
      queries.removeQueries({ queryKey: ["plans", "edit", id] });
      done(t("saved"));
      close();
    },
  });
  const names = groups.data ?? [];
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("nav.create") : undefined}>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput label={t("key")} description={t("keyHint")} maxLength={64} data-autofocus {...form.field("name")} />
          <TextInput label={t("title")} description={t("titleHint")} maxLength={128} {...form.field("title")} />
        </Group>
        <Textarea label={t("description")} autosize minRows={2} maxRows={8} maxLength={4000} {...form.field("description")} />
        <Group grow align="flex-start">
          <AmountInput label={t("price")} {...form.field("price")} />
          <NumberInput label={t("termCount")} min={1} max={1000} allowDecimal={false} {...form.field("term_count")} />
          <Select label={t("termUnit")} allowDeselect={false} data={UNITS.map((value) => ({ value, label: t(`units.${value}`) }))} {...form.field("term_unit")} />
        </Group>
        <Group grow align="flex-start">
          <AmountInput label={t("quota")} description={t("quotaHint")} {...form.field("quota")} />
          <Select
            label={t("reset")} description={t("resetHint")} allowDeselect={false} data={RESETS.map((value) => ({ value, label: t(`resets.${value}`) }))} {...form.field("reset")}
            onChange={(value) => { form.set("reset", value as Values["reset"]); form.set("reset_s", value === "custom" ? Math.max(HOUR_S, form.values.reset_s) : 0); }}
          />
        </Group>
        {form.values.reset === "custom" ? <NumberInput label={t("resetSeconds")} min={HOUR_S} max={31_622_400} allowDecimal={false} {...form.field("reset_s")} /> : null}
        <Fieldset legend={t("sale")}>
          <Stack gap="sm">
            <TagsInput label={t("payBy")} description={t("payByHint")} data={PAY} maxTags={20} {...form.field("pay_by")} />
            <Group grow align="flex-start">
              <NumberInput label={t("perUser")} description={t("perUserHint")} min={0} max={100_000} allowDecimal={false} {...form.field("per_user")} />
              <NumberInput label={t("rank")} description={t("rankHint")} min={-1000} max={1000} allowDecimal={false} {...form.field("rank")} />
              <NumberInput label={t("position")} description={t("positionHint")} min={-1000} max={1000} allowDecimal={false} {...form.field("position")} />
            </Group>
            <Switch label={t("enabled")} {...form.field("enabled", "checkbox")} />
            <Switch label={t("public")} description={t("publicHint")} {...form.field("public", "checkbox")} />
          </Stack>
        </Fieldset>
        <Fieldset legend={t("effect")}>
          <Stack gap="sm">
            <Select label={t("use")} allowDeselect={false} data={USES.map((value) => ({ value, label: t(`uses.${value}`) }))} {...form.field("use")} />
            <Switch label={t("overflow")} {...form.field("overflow", "checkbox")} />
            <Group grow align="flex-start">
              <Autocomplete label={t("group")} description={t("groupHint")} data={names} {...form.field("group")} />
              <Autocomplete label={t("groupAfter")} description={t("groupAfterHint")} data={names} {...form.field("group_after")} />
            </Group>
          </Stack>
        </Fieldset>
      </Stack>
    </ResourceForm>
  );
}
