/** The form of what is known of a model. */
import { Autocomplete, Group, Loader, NumberInput, Select, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"ModelOut">;
type Values = Omit<Required<Schema<"ModelCreate">>, "vendor" | "context_tokens" | "output_tokens"> & { vendor: string; context_tokens: number | ""; output_tokens: number | "" };
type Props = { id?: string; onSaved: () => unknown; close: () => void };

const SEEN = ["public", "users", "hidden"] as const;
/** Offered to choose from; any other word is taken too. */
const ABILITIES = ["chat", "vision", "tools", "streaming", "reasoning", "json", "embeddings", "image", "audio", "video", "search", "caching"];
const FRESH: Values = { name: "", title: "", vendor: "", description: "", icon: "", tags: [], capabilities: [], context_tokens: "", output_tokens: "", visibility: "public", aliases: [] };

const valuesOf = ({ id: _, created_at: __, updated_at: ___, ...row }: Row): Values => ({ ...row, vendor: row.vendor ?? "", context_tokens: row.context_tokens ?? "", output_tokens: row.output_tokens ?? "" });
const bodyOf = (values: Values): Schema<"ModelCreate"> => ({
  ...values, vendor: values.vendor.trim() || null, context_tokens: values.context_tokens === "" ? null : values.context_tokens, output_tokens: values.output_tokens === "" ? null : values.output_tokens,
});
const read = async (id: string) => {
  const { value, etag } = await tagged(api.GET("/api/v1/models/{model}", { params: { path: { model: id } } }));
  return { value: valuesOf(value), etag };
};

export default function ModelEditor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["models", "edit", id], queryFn: () => read(id ?? ""), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("catalogue");
  const queries = useQueryClient();
  const vendors = useQuery({ queryKey: ["vendors", "names"], queryFn: async () => (await ok(api.GET("/api/v1/vendors", { params: { query: { limit: 1000 } } }))).items.map((one) => one.name) });
  const form = useResourceForm<Values, Row>({
    initial,
    etag,
    save: (values, tag) =>
      id === undefined
        ? ok(api.POST("/api/v1/models", { body: bodyOf(values) }))
        : ok(api.PATCH("/api/v1/models/{model}", { params: { path: { model: id }, header: ifMatch(tag) }, body: bodyOf(values) })),
    reload: id === undefined ? undefined : () => read(id),
    onSaved: async (saved) => {
      queries.removeQueries({ queryKey: ["models", "edit", id] });
      await onSaved();
      done(t("saved", { name: saved.name }));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("add") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("name")} description={t("nameHint")} data-autofocus {...form.field("name")} />
        <TextInput label={t("title")} description={t("titleHint")} {...form.field("title")} />
        <Group grow align="flex-start">
          <Autocomplete label={t("vendor")} data={vendors.data ?? []} {...form.field("vendor")} />
          <Select label={t("visibility")} allowDeselect={false} data={SEEN.map((value) => ({ value, label: t(`seen.${value}`) }))} {...form.field("visibility")} />
        </Group>
        <Textarea label={t("description")} autosize minRows={2} maxRows={10} {...form.field("description")} />
        <Group grow align="flex-start">
          <NumberInput label={t("context")} min={1} allowDecimal={false} thousandSeparator=" " {...form.field("context_tokens")} />
          <NumberInput label={t("output")} min={1} allowDecimal={false} thousandSeparator=" " {...form.field("output_tokens")} />
        </Group>
        <TagsInput label={t("capabilities")} data={ABILITIES} splitChars={[","]} {...form.field("capabilities")} />
        <TagsInput label={t("aliases")} description={t("aliasesHint")} splitChars={[",", " "]} {...form.field("aliases")} />
        <TagsInput label={t("tags")} splitChars={[","]} {...form.field("tags")} />
        <TextInput label={t("icon")} description={t("iconHint")} {...form.field("icon")} />
      </Stack>
    </ResourceForm>
  );
}
