/** The form of a team. It stays in the organisation that it was made in. */
import { Loader, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"TeamOut">;
type Values = { name: string; organisation: string; models: string[]; remark: string };
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = { name: "", organisation: "", models: [], remark: "" };
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/teams/{team}", { params: { path: { team: id } } }));
  const { name, organisation, models, remark } = value;
  return { value: { name, organisation, models: models ?? [], remark }, etag };
};

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["teams", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("teams");
  const all = useCan()("organisations.write", "all");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Row>({
    initial, etag, reload: id === undefined ? undefined : () => read(id),
    save: ({ organisation, models, ...rest }, tag) => {
      const body = { ...rest, models: models.length > 0 ? models : null };
      if (id === undefined) return ok(api.POST("/api/v1/teams", { body: { ...body, organisation: organisation.trim() || null } }));
      return ok(api.PATCH("/api/v1/teams/{team}", { params: { path: { team: id }, header: ifMatch(tag) }, body }));
    },
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["teams", "edit", id] });
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("create") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.field("name")} />
        {id === undefined && all ? <TextInput label={t("organisation")} required {...form.field("organisation")} /> : null}
        <TagsInput label={t("models")} description={t("modelsHint")} placeholder={form.values.models.length ? undefined : t("allModels")} {...form.field("models")} />
        <Textarea label={t("remark")} autosize maxRows={6} {...form.field("remark")} />
      </Stack>
    </ResourceForm>
  );
}
