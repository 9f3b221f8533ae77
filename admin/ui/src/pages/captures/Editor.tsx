/** The form of a capture rule: whose requests are kept, how much of them, for how long, and what is taken out first. */
import { Autocomplete, Loader, NumberInput, SegmentedControl, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, pick, type Schema, tagged } from "~/api";
import { done, ProblemText, ResourceForm, TimeInput, useResourceForm } from "~/components";

type Row = Schema<"CaptureRuleOut">;
type Values = Omit<Required<Schema<"CaptureRuleCreate">>, "redact"> & { fields: string[]; patterns: string[] };
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = { scope: "key", owner: "", enabled: true, max_bytes: 262_144, keep_days: 7, until: null, note: "", fields: [], patterns: [] };
const SCOPES = ["key", "organisation"] as const;
const valuesOf = (row: Row): Values => ({
  scope: row.scope as Values["scope"], owner: row.owner, enabled: row.enabled, max_bytes: row.max_bytes, keep_days: row.keep_days, until: row.until, note: row.note,
  fields: row.redact.fields ?? [], patterns: row.redact.patterns ?? [],
});
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/captures/rules/{rule}", { params: { path: { rule: id } } }));
  return { value: valuesOf(value), etag };
};

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["captures", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("captures");
  const form = useResourceForm<Values, Row>({
    initial, etag, reload: id === undefined ? undefined : () => read(id),
    save: ({ scope, owner, fields, patterns, ...rest }, tag) => {
      const body = { ...rest, redact: { fields, patterns } };
      return id === undefined
        ? ok(api.POST("/api/v1/captures/rules", { body: { ...body, scope, owner } }))
        : ok(api.PATCH("/api/v1/captures/rules/{rule}", { params: { path: { rule: id }, header: ifMatch(tag) }, body }));
    },
    onSaved: async () => {
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  const { scope, owner } = form.values;
  const [asked] = useDebouncedValue(owner, 200);
  const found = useQuery({ queryKey: ["pick", scope, asked], queryFn: () => pick(scope)(asked), enabled: id === undefined && asked.trim() !== "", placeholderData: keepPreviousData, retry: false });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("nav.create") : undefined}>
      <Stack gap="sm">
        {id === undefined ? (
          <>
            <SegmentedControl fullWidth aria-label={t("scope")} data={SCOPES.map((value) => ({ value, label: t(`scopes.${value}`) }))} {...form.field("scope")} />
            <Autocomplete label={t("owner")} description={t("ownerHint")} data={[...new Set((found.data ?? []).map((one) => one.label))]} comboboxProps={{ zIndex: 450 }} data-autofocus {...form.field("owner")} />
          </>
        ) : null}
        <NumberInput label={t("days")} min={1} max={3650} clampBehavior="none" allowDecimal={false} {...form.field("keep_days")} />
        <NumberInput label={t("bytes")} description={t("bytesHint")} min={1024} max={4_194_304} step={65_536} clampBehavior="none" allowDecimal={false} {...form.field("max_bytes")} />
        <Suspense><TimeInput label={t("until")} description={t("untilHint")} {...form.field("until")} /></Suspense>
        <TagsInput label={t("fields")} description={t("fieldsHint")} {...form.field("fields")} error={form.errors["redact.fields"] as string | undefined} />
        <TagsInput label={t("patterns")} description={t("patternsHint")} splitChars={[]} {...form.field("patterns")} error={form.errors["redact.patterns"] as string | undefined} />
        <TextInput label={t("note")} maxLength={255} {...form.field("note")} />
        <Switch label={t("enabled")} {...form.field("enabled", "checkbox")} />
      </Stack>
    </ResourceForm>
  );
}
