/** The form of an organisation. Its own administrators change the name only. */
import { Loader, Stack, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm } from "~/components";

type Row = Schema<"OrganisationOut">;
type Values = { name: string; enabled: boolean; default_group: string; groups: string[]; remark: string };
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = { name: "", enabled: true, default_group: "default", groups: [], remark: "" };
const valuesOf = ({ name, enabled, default_group, groups, remark }: Row): Values => ({ name, enabled, default_group, groups: groups ?? [], remark });
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/organisations/{organisation}", { params: { path: { organisation: String(id) } } }));
  return { value: valuesOf(value), etag };
};

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["organisations", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("organisations");
  const operator = useCan()("organisations.write", "all");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Row>({
    initial, etag, reload: id === undefined ? undefined : () => read(id),
    save: (values, tag) => {
      const whole = { ...values, groups: values.groups.length > 0 ? values.groups : null };
      if (id === undefined) return ok(api.POST("/api/v1/organisations", { body: whole }));
      return ok(api.PATCH("/api/v1/organisations/{organisation}", { params: { path: { organisation: String(id) }, header: ifMatch(tag) }, body: operator ? whole : { name: values.name } }));
    },
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["organisations", "edit", id] });
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("create") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.field("name")} />
        {operator ? (
          <>
            <TextInput label={t("defaultGroup")} description={t("defaultGroupHint")} {...form.field("default_group")} />
            <TagsInput label={t("groups")} description={t("groupsHint")} {...form.field("groups")} />
            <Textarea label={t("remark")} autosize maxRows={6} {...form.field("remark")} />
            <Switch label={t("enabled")} description={t("enabledHint")} {...form.field("enabled", "checkbox")} />
          </>
        ) : null}
      </Stack>
    </ResourceForm>
  );
}
