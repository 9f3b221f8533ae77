/** The form that gives somebody terms of a plan for nothing. */
import { Autocomplete, Group, NumberInput, Select, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, idempotent, ok, pick, type Schema } from "~/api";
import { done, ResourceForm, useResourceForm } from "~/components";
import { usePlanNames } from "./usePlanNames";

type Values = Required<Schema<"SubscriptionGive">>;
const SCOPES = ["user", "organisation"] as const;

export function Give({ onSaved, close }: { onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("plans");
  const key = useRef(crypto.randomUUID());
  const plans = usePlanNames();
  const form = useResourceForm<Values, Schema<"SubscriptionOut">>({
    initial: { plan: "", scope: "user", owner: "", terms: 1 },
    check: (values) => (values.plan ? {} : { plan: t("planNeeded") }),
    save: (values) => ok(api.POST("/api/v1/subscriptions/give", { params: { header: idempotent(key.current) }, body: values })),
    onSaved: async () => {
      await onSaved();
      done(t("givenDone"));
      close();
    },
  });
  const { scope, owner } = form.values;
  const [asked] = useDebouncedValue(owner, 200);
  const found = useQuery({ queryKey: ["pick", scope, asked], queryFn: () => pick(scope)(asked), retry: false });
  return (
    <ResourceForm form={form} onCancel={close} fresh action={t("nav.give")}>
      <Stack gap="sm">
        <Select label={t("plan")} data={plans} searchable data-autofocus {...form.field("plan")} />
        <Group grow align="flex-start">
          <Select label={t("scope")} allowDeselect={false} data={SCOPES.map((value) => ({ value, label: t(`scopes.${value}`) }))} {...form.field("scope")} />
          <Autocomplete label={t("owner")} data={[...new Set((found.data ?? []).map((one) => one.label))]} filter={({ options }) => options} {...form.field("owner")} />
        </Group>
        <NumberInput label={t("termsGiven")} min={1} max={120} allowDecimal={false} {...form.field("terms")} />
      </Stack>
    </ResourceForm>
  );
}
