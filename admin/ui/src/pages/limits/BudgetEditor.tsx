/** The form of one budget. Whose it is stays; what and when can be changed. */
import { Autocomplete, Fieldset, Group, Loader, Select, Stack, TagsInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, pick, type Schema, tagged } from "~/api";
import { AmountInput, done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"BudgetOut">;
type Values = { scope: Row["scope"]; owner: string; period: Row["period"]; amount: string; alerts: string[] };
type Props = { id?: number; may: boolean; onSaved: () => unknown; close: () => void };
const SCOPES = ["user", "key", "team", "organisation"] as const;
const PERIODS = ["day", "week", "month", "total"] as const;
const ALERTS = ["50", "80", "90", "100"];
const FRESH: Values = { scope: "user", owner: "", period: "month", amount: "", alerts: ["80"] };

const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/budgets/{budget}", { params: { path: { budget: id } } }));
  return { value: { scope: value.scope, owner: value.owner, period: value.period, amount: value.amount, alerts: value.alerts.map(String) }, etag };
};

export function BudgetEditor({ id, ...rest }: Props) {
  const stored = useQuery({ queryKey: ["budgets", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
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
    check: ({ owner, amount }) => ({ ...(owner.trim() || id !== undefined ? {} : { owner: t("ownerNeeded") }), ...(amount ? {} : { amount: t("amountNeeded") }) }),
    save: ({ scope, owner, period, amount, alerts }, tag) => {
      const body = { period, amount, alerts: alerts.map(Number) };
      return id === undefined
        ? ok(api.POST("/api/v1/budgets", { body: { ...body, scope, owner: owner.trim() } }))
        : ok(api.PATCH("/api/v1/budgets/{budget}", { params: { path: { budget: id }, header: ifMatch(tag) }, body }));
    },
    reload: id === undefined ? undefined : () => read(id),
    onSaved: async () => {
      await onSaved();
      queries.removeQueries({ queryKey: ["budgets", "edit", id] });
      done(t("saved"));
      close();
    },
  });
  const { scope, owner } = form.values;
  const [asked] = useDebouncedValue(owner, 200);
  const found = useQuery({ queryKey: ["pick", scope, asked], queryFn: () => pick(scope)(asked), retry: false, enabled: id === undefined });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("nav.newBudget") : undefined}>
      <Fieldset variant="unstyled" disabled={!may}>
        <Stack gap="sm">
          {id === undefined ? (
            <Group grow align="flex-start">
              <Select label={t("scope")} allowDeselect={false} data={SCOPES.map((value) => ({ value, label: t(`dimensions.${value}`) }))} {...form.field("scope")} />
              <Autocomplete label={t("owner")} description={scope === "team" ? t("teamHint") : undefined} data-autofocus data={[...new Set((found.data ?? []).map((one) => one.label))]} filter={({ options }) => options} {...form.field("owner")} />
            </Group>
          ) : null}
          <Group grow align="flex-start">
            <AmountInput label={t("amount")} {...form.field("amount")} />
            <Select label={t("period")} description={t("periodHint")} allowDeselect={false} data={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))} {...form.field("period")} />
          </Group>
          <TagsInput label={t("alerts")} description={t("alertsHint")} data={ALERTS} {...form.field("alerts")} />
        </Stack>
      </Fieldset>
    </ResourceForm>
  );
}
