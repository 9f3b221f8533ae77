/** What comes with a team: a role inside the organisation and a price group, which members have as long as they are in it. */
import { Loader, Select, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ifMatch, ok, type Schema, tagged, useCan } from "~/api";
import { done, ProblemText, ResourceForm, useResourceForm, useRoleName } from "~/components";
import { usePermissions } from "~/pages/roles/parts/names";

type Team = Schema<"TeamOut">;
type Values = Schema<"TeamGrants">;
type Props = { team: Team; onSaved: () => unknown; close: () => void };

/** An order of groups for keys; nobody is priced by it. */
const AUTO = "auto";

const read = async (id: number) => {
  const { value, etag } = await tagged(api.GET("/api/v1/teams/{team}", { params: { path: { team: id } } }));
  return { value: value.grants, etag };
};

export function Grants(props: Props) {
  const stored = useQuery({ queryKey: ["teams", "grants", props.team.id], queryFn: () => read(props.team.id), gcTime: 0 });
  if (stored.isError) return <ProblemText error={stored.error} retry={() => stored.refetch()} />;
  if (!stored.data) return <Loader size="sm" />;
  return <Fields {...props} initial={stored.data.value} etag={stored.data.etag} />;
}

function Fields({ team, onSaved, close, initial, etag }: Props & { initial: Values; etag: string }) {
  const { t } = useTranslation("teams");
  const queries = useQueryClient();
  const form = useResourceForm<Values, Team>({
    initial, etag, reload: () => read(team.id),
    save: (body, tag) => ok(api.PUT("/api/v1/teams/{team}/grants", { params: { path: { team: team.id }, header: ifMatch(tag) }, body })),
    onSaved: async () => {
      queries.removeQueries({ queryKey: ["teams", "grants", team.id] });
      await onSaved();
      done(t("grants.saved"));
      close();
    },
  });
  const choice = (name: keyof Values, options: { value: string; label: string }[]) => {
    const field = form.field(name);
    const value = form.values[name] ?? "";
    const known = !value || options.some((one) => one.value === value);
    return (
      <Select
        label={t(`grants.${name}`)} description={t(`grants.${name}Hint`)} placeholder={t("grants.nothing")} searchable clearable clearButtonProps={{ "aria-label": t("grants.without", { what: t(`grants.${name}`) }) }}
        data={known ? options : [{ value, label: value }, ...options]} error={field.error} value={value || null} onChange={(chosen) => form.set(name, String(chosen ?? ""))}
      />
    );
  };
  return (
    <ResourceForm form={form} onCancel={close} names={{ organisation_role: t("grants.organisation_role"), group: t("grants.group") }}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{t("grants.text")}</Text>
        {choice("organisation_role", useRoles(team))}
        {choice("group", useGroups(team))}
      </Stack>
    </ResourceForm>
  );
}

/** Roles of the team's organisation that permit no more than what one may do oneself. */
function useRoles(team: Team) {
  const can = useCan();
  const nameOf = useRoleName();
  const { givable } = usePermissions();
  const found = useQuery({ queryKey: ["roles", "start"], queryFn: () => ok(api.GET("/api/v1/roles", { params: { query: { limit: 200 } } })), enabled: can("roles.read", "organisation") });
  return (found.data?.items ?? [])
    .filter((role) => role.place !== "gateway" && (role.organisation_id === null || role.organisation_id === team.organisation_id) && role.permissions.every(givable))
    .map((role) => ({ value: role.name, label: nameOf(role.name) }));
}

/** All groups for who sees them; for others those of their organisation. */
function useGroups(team: Team) {
  const all = useCan()("groups.read", "all");
  const found = useQuery({
    queryKey: ["groups", "of", all ? "" : team.organisation_id],
    queryFn: async () => {
      if (all) return (await ok(api.GET("/api/v1/groups"))).items.map((one) => one.name);
      const home = await ok(api.GET("/api/v1/organisations/{organisation}", { params: { path: { organisation: String(team.organisation_id) } } }));
      return [home.default_group, ...(home.groups ?? [])];
    },
    staleTime: 60_000,
  });
  return [...new Set(found.data ?? [])].filter((name) => name !== AUTO).map((name) => ({ value: name, label: name }));
}
