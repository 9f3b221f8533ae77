/** The form of a new version of a price: amounts with tiers and hours, or New API's ratios. */
import { Autocomplete, Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { AmountInput, done, ResourceForm, TimeInput, useResourceForm } from "~/components";
import { Pairs } from "./Pairs";
import { Tiers } from "./Tiers";
import { bodyOf, COMPONENTS, fresh, type Price, RATIOS, type Values, valuesOf } from "./values";
import { Windows } from "./Windows";

export default function Editor({ price, onSaved, close }: { price?: Price; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("prices");
  const providers = useQuery({ queryKey: ["providers"], queryFn: async () => (await ok(api.GET("/api/v1/providers"))).items, staleTime: 3_600_000 });
  const form = useResourceForm<Values, Price>({
    initial: price ? valuesOf(price) : fresh(),
    check: (values) => (values.model.trim() ? {} : { model: t("needed") }),
    save: (values) => ok(api.PUT("/api/v1/prices", { body: bodyOf(values) })),
    onSaved: async (saved) => {
      await onSaved();
      done(t("saved", { name: saved.model }));
      close();
    },
  });
  const { values, errors } = form;
  const put = (name: string, amount: string) => form.set("amounts", { ...values.amounts, [name]: amount });
  return (
    <ResourceForm form={form} onCancel={close} fresh={!price} action={t("publish")}>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput label={t("model")} description={t("modelHint")} readOnly={price !== undefined} data-autofocus {...form.field("model")} />
          <Autocomplete label={t("provider")} description={t("providerHint")} readOnly={price !== undefined} placeholder={t("anyProvider")} data={(providers.data ?? []).map((one) => one.id)} {...form.field("provider")} />
        </Group>
        <SegmentedControl aria-label={t("by.title")} data={[{ value: "amounts", label: t("by.amounts") }, { value: "ratios", label: t("by.ratios") }]} value={values.by} onChange={(by) => form.set("by", by === "ratios" ? "ratios" : "amounts")} />
        {values.by === "ratios" ? (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {RATIOS.map((name) => (
              <TextInput key={name} label={t(`ratios.${name}`)} inputMode="decimal" value={values.ratios[name]} error={errors[`ratios.${name}`] as string} onChange={(event) => form.set("ratios", { ...values.ratios, [name]: event.currentTarget.value.replace(",", ".").trim() })} />
            ))}
          </SimpleGrid>
        ) : (
          <>
            <Text size="xs" c="dimmed">{t("amountsHint")}</Text>
            <SimpleGrid cols={{ base: 2, xs: 3 }}>
              {[...COMPONENTS, "call" as const, "second" as const].map((name) => (
                <AmountInput key={name} label={t(`components.${name}`)} value={values.amounts[name]} error={errors[name] as string} onChange={(amount) => put(name, amount)} />
              ))}
            </SimpleGrid>
            <Tiers tiers={values.tiers} errors={errors} onChange={(tiers) => form.set("tiers", tiers)} />
            <Windows windows={values.windows} errors={errors} onChange={(windows) => form.set("windows", windows)} />
            <Pairs title={t("images.title")} about={t("images.about")} name={t("images.name")} pairs={values.images} onChange={(images) => form.set("images", images)} />
            <Pairs title={t("tools.title")} about={t("tools.about")} name={t("tools.name")} pairs={values.tools} onChange={(tools) => form.set("tools", tools)} />
          </>
        )}
        <Suspense><TimeInput label={t("from")} description={t("fromHint")} {...form.field("effective_from")} /></Suspense>
      </Stack>
    </ResourceForm>
  );
}
