/** The form of a group: what its users pay, what its requests reach, who may choose it. */
import { Group, Loader, NumberInput, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";
import { type Pair, Pairs } from "./Pairs";

type Row = Schema<"GroupOut">;
type Values = { name: string; ratio: string; topup_ratio: string; used: Pair[]; models: string[]; usable_by: string[]; auto_rank: number | ""; remark: string };
type Props = { name?: string; onSaved: () => unknown; close: () => void };

const FRESH: Values = { name: "", ratio: "1", topup_ratio: "1", used: [], models: [], usable_by: [], auto_rank: "", remark: "" };
const valuesOf = (row: Row): Values => ({
  name: row.name, ratio: row.ratio, topup_ratio: row.topup_ratio, used: Object.entries(row.used), models: row.models ?? [], usable_by: row.usable_by ?? [],
  auto_rank: row.auto_rank ?? "", remark: row.remark,
});
const read = async (name: string) => {
  const { value, etag } = await tagged(api.GET("/api/v1/groups/{name}", { params: { path: { name } } }));
  return { value: valuesOf(value), etag };
};
const orNull = (list: string[]) => (list.length > 0 ? list : null);

export function Editor({ name, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["groups", "edit", name], queryFn: () => read(name ?? ""), enabled: name !== undefined, gcTime: 0 });
  if (name === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields name={name} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ name, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("groups");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Row>({
    initial, etag, reload: name === undefined ? undefined : () => read(name),
    check: (values) => (values.name.trim() ? {} : { name: t("nameNeeded") }),
    save: ({ name: called, used, models, usable_by, auto_rank, ...rest }, tag) =>
      ok(api.PUT("/api/v1/groups/{name}", {
        params: { path: { name: called.trim() }, header: ifMatch(tag) },
        body: { ...rest, used: Object.fromEntries(used.filter(([group]) => group)), models: orNull(models), usable_by: orNull(usable_by), auto_rank: auto_rank === "" ? null : auto_rank },
      })),
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["groups", "edit", name] });
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={name === undefined} action={name === undefined ? t("create") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("name")} required readOnly={name !== undefined} data-autofocus {...form.field("name")} />
        <Group grow align="flex-start">
          <TextInput label={t("ratio")} description={t("ratioHint")} inputMode="decimal" {...form.field("ratio")} />
          <TextInput label={t("topup")} description={t("topupHint")} inputMode="decimal" {...form.field("topup_ratio")} />
        </Group>
        <Pairs value={form.values.used} onChange={(used) => form.set("used", used)} />
        <TagsInput label={t("models")} description={t("modelsHint")} {...form.field("models")} />
        <TagsInput label={t("usableBy")} description={t("usableByHint")} {...form.field("usable_by")} />
        <NumberInput label={t("rank")} description={t("rankHint")} min={0} max={10_000} allowDecimal={false} {...form.field("auto_rank")} />
        <Textarea label={t("remark")} autosize maxRows={6} {...form.field("remark")} />
      </Stack>
    </ResourceForm>
  );
}
