/** The form of a user, new or there already. */
import { Group, Loader, Select, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm, useRoleName } from "~/components";

export type UserRow = Schema<"UserOut">;
type Values = { name: string; display_name: string; email: string; organisation: string; group: string; role: string; organisation_role: string; enabled: boolean; remark: string };
type Props = { id?: number; onSaved: () => unknown; close: () => void };

const FRESH: Values = { name: "", display_name: "", email: "", organisation: "", group: "", role: "member", organisation_role: "member", enabled: true, remark: "" };
const valuesOf = (user: UserRow): Values => ({
  name: user.name, display_name: user.display_name, email: user.email ?? "", organisation: user.organisation ?? "", group: user.group,
  role: user.role, organisation_role: user.organisation_role, enabled: user.enabled, remark: user.remark,
});
const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/users/{user}", { params: { path: { user: String(id) } } }));
  return { value: valuesOf(value), etag };
};

/** Only what was changed is sent: of the rest, the caller may not be allowed to say anything. */
function changed(values: Values, before: Values): Partial<Values> {
  const names = (Object.keys(values) as (keyof Values)[]).filter((name) => values[name] !== before[name]);
  return Object.fromEntries(names.map((name) => [name, (name === "email" || name === "organisation") && values[name] === "" ? null : values[name]]));
}

export function Editor({ id, onSaved, close }: Props) {
  const stored = useQuery({ queryKey: ["users", "edit", id], queryFn: () => read(id ?? 0), enabled: id !== undefined, gcTime: 0 });
  if (id === undefined) return <Fields initial={FRESH} onSaved={onSaved} close={close} />;
  if (stored.isError) return <ProblemText error={stored.error} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields id={id} initial={stored.data.value} etag={stored.data.etag} onSaved={onSaved} close={close} />;
}

function Fields({ id, initial, etag, onSaved, close }: Props & { initial: Values; etag?: string }) {
  const { t } = useTranslation("users");
  const roleName = useRoleName();
  const all = useCan()("users.write", "all");
  const queries = useQueryClient();
  const roles = useQuery({ queryKey: ["roles", "names"], queryFn: () => ok(api.GET("/api/v1/roles", { params: { query: { limit: 200 } } })), enabled: useCan()("roles.read", "organisation") });
  const names = (place: "gateway" | "organisation") => roles.data?.items.filter((role) => role.place === place || role.place === "both").map((role) => role.name) ?? [];
  const form = useResourceForm<Values, UserRow>({
    initial, etag, reload: id === undefined ? undefined : () => read(id),
    save: (values, tag) => {
      if (id === undefined) {
        const body = { ...changed(values, FRESH), name: values.name } as Schema<"UserCreate">;
        return ok(api.POST("/api/v1/users", { body })) as Promise<UserRow>;
      }
      const body = changed(values, initial) as Schema<"UserPatch">;
      return ok(api.PATCH("/api/v1/users/{user}", { params: { path: { user: String(id) }, header: ifMatch(tag) }, body })) as Promise<UserRow>;
    },
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["users", "edit", id] });
      await onSaved();
      done(t("saved"));
      close();
    },
  });
  const role = (name: "role" | "organisation_role") => (
    <Select label={t(name === "role" ? "role" : "organisationRole")} searchable allowDeselect={false} data={[...new Set([form.values[name], ...names(name === "role" ? "gateway" : "organisation")])].map((value) => ({ value, label: roleName(value) }))} {...form.field(name)} />
  );
  return (
    <ResourceForm form={form} onCancel={close} fresh={id === undefined} action={id === undefined ? t("create") : undefined}>
      <Stack gap="sm">
        <TextInput label={t("name")} required data-autofocus {...form.field("name")} />
        <TextInput label={t("displayName")} {...form.field("display_name")} />
        <TextInput label={t("email")} type="email" {...form.field("email")} />
        <Group grow align="flex-start">
          {all ? <TextInput label={t("organisation")} {...form.field("organisation")} /> : null}
          <TextInput label={t("group")} description={t("groupHint")} {...form.field("group")} />
        </Group>
        <Group grow align="flex-start">{all ? role("role") : null}{role("organisation_role")}</Group>
        <Textarea label={t("remark")} autosize maxRows={6} {...form.field("remark")} />
        <Switch label={t("enabled")} description={t("enabledHint")} {...form.field("enabled", "checkbox")} />
      </Stack>
    </ResourceForm>
  );
}
