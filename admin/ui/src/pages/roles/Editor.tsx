/** The form of a permission set. Nobody gives what they do not have. */
import { Loader, Select, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm, useRoleName } from "~/components";
import { Choice } from "./parts/Choice";
import { usePermissions } from "./parts/names";

type Row = Schema<"RoleOut">;
type Values = { name: string; organisation: string; permissions: string[]; remark: string };
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = { name: "", organisation: "", permissions: [], remark: "" };
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/roles/{role}", { params: { path: { role: id } } }));
  const { name, permissions, remark } = value;
  return { value: { name, organisation: "", permissions, remark }, etag };
};

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["roles", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("roles");
  const all = useCan()("roles.write", "all");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Row>({
    initial, etag, reload: id === undefined ? undefined : () => read(id),
    save: ({ organisation, ...rest }, tag) => {
      if (id === undefined) return ok(api.POST("/api/v1/roles", { body: { ...rest, organisation: organisation.trim() || null } }));
      // Other permissions ask for a second check; another name or remark does not.
      const same = JSON.stringify(rest.permissions) === JSON.stringify(initial.permissions);
      const body = same ? { name: rest.name, remark: rest.remark } : rest;
      return ok(api.PATCH("/api/v1/roles/{role}", { params: { path: { role: id }, header: ifMatch(tag) }, body: body as Schema<"RolePatch"> }));
    },
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["roles", "edit", id] });
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("create") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.field("name")} />
        {id === undefined && all ? <TextInput label={t("organisation")} description={t("organisationHint")} {...form.field("organisation")} /> : null}
        <TextInput label={t("remark")} {...form.field("remark")} />
        {id === undefined ? <Start onStart={(names) => form.set("permissions", names)} /> : null}
        <Choice value={form.values.permissions} onChange={(names) => form.set("permissions", names)} error={form.errors.permissions ? String(form.errors.permissions) : ""} inside={!all || form.values.organisation.trim() !== ""} />
      </Stack>
    </ResourceForm>
  );
}

/** Begins with what another role permits, as far as the caller may give it. */
function Start({ onStart }: { onStart: (names: string[]) => void }) {
  const { t } = useTranslation("roles");
  const nameOf = useRoleName();
  const roles = useQuery({ queryKey: ["roles", "start"], queryFn: () => ok(api.GET("/api/v1/roles", { params: { query: { limit: 200 } } })) });
  const { givable } = usePermissions();
  const items = roles.data?.items ?? [];
  return (
    <Select
      label={t("start")} description={t("startHint")} searchable clearable data={items.map((row, at) => ({ value: String(at), label: row.place === "organisation" ? t("inside", { name: nameOf(row.name) }) : nameOf(row.name) }))}
      onChange={(at) => at !== null && onStart((items[Number(at)]?.permissions ?? []).filter(givable).sort())}
    />
  );
}
