/** Who is in a team, as what; who manages it puts people in, takes them out and makes them leads. */
import { ActionIcon, Autocomplete, Button, Group, Loader, Select, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconUserMinus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { confirm, done, failed, ProblemText, Status } from "~/components";

type Team = Schema<"TeamOut">;
type Member = Schema<"Member">;
type Role = Member["role"];

export function People({ team, onSaved }: { team: Team; onSaved: () => unknown }) {
  const { t } = useTranslation("teams");
  const write = useCan()("organisations.write", "organisation");
  const queries = useQueryClient();
  const key = ["teams", "members", team.id];
  const found = useQuery({ queryKey: key, queryFn: () => ok(api.GET("/api/v1/teams/{team}/members", { params: { path: { team: team.id } } })) });
  const roles = (["member", "lead"] as const).map((value) => ({ value, label: t(`roles.${value}`) }));
  const path = (user: string) => ({ path: { team: team.id, user } });
  const act = async (work: () => Promise<unknown>, text: string) => {
    try {
      await work();
      await Promise.all([queries.invalidateQueries({ queryKey: key }), onSaved()]);
      done(text);
    } catch (error) {
      failed(error);
    }
  };
  const place = (user: string, role: Role, text: string) => act(() => api.PUT("/api/v1/teams/{team}/members/{user}", { params: path(user), body: { role } }), text);
  const leave = async (one: Member) => {
    if (!(await confirm({ title: t("leaveTitle", { name: one.name }), text: t("leaveText"), action: t("leave"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/teams/{team}/members/{user}", { params: path(String(one.id)) }), t("left"));
  };
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loader size="sm" />;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{t("rolesText")}</Text>
      {write ? <Join team={team} known={found.data.items} join={(user) => place(user, "member", t("joined"))} /> : null}
      {found.data.items.length === 0 ? <Text size="sm">{t("nobody")}</Text> : (
        <Table.ScrollContainer minWidth={320}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t("person")}</Table.Th><Table.Th w={150}>{t("role")}</Table.Th>{write ? <Table.Th w={44}><span className="hidden-text">{t("leave")}</span></Table.Th> : null}</Table.Tr></Table.Thead>
            <Table.Tbody>
              {found.data.items.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td>
                    {one.name} <Text span inherit c="dimmed">{one.display_name}</Text> {one.enabled ? null : <Status tone="idle">{t("off")}</Status>}
                  </Table.Td>
                  <Table.Td>
                    {write ? <Select size="xs" aria-label={t("roleOf", { name: one.name })} data={roles} value={one.role} allowDeselect={false} onChange={(role) => role && role !== one.role && void place(String(one.id), role as Role, t("roleSet"))} /> : t(`roles.${one.role}`)}
                  </Table.Td>
                  {write ? <Table.Td><ActionIcon aria-label={t("leaveOf", { name: one.name })} onClick={() => void leave(one)}><IconUserMinus size={16} /></ActionIcon></Table.Td> : null}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function Join({ team, known, join }: { team: Team; known: Member[]; join: (user: string) => Promise<void> }) {
  const { t } = useTranslation("teams");
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 200);
  const { data } = useQuery({
    queryKey: ["teams", "candidates", team.organisation_id, asked],
    queryFn: () => ok(api.GET("/api/v1/users", { params: { query: { q: asked, organisation: String(team.organisation_id), limit: 20 } } })) as Promise<Schema<"Listed_UserOut_">>,
    enabled: asked !== "",
  });
  const names = (data?.items ?? []).map((one) => one.name).filter((name) => !known.some((member) => member.name === name));
  return (
    <form onSubmit={(event) => { event.preventDefault(); void join(text.trim()).then(() => setText("")); }}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <Autocomplete flex={1} label={t("add")} description={t("addHint", { organisation: team.organisation })} data={names} filter={({ options }) => options} value={text} onChange={setText} />
        <Button type="submit" variant="default" disabled={!text.trim()}>{t("addNow")}</Button>
      </Group>
    </form>
  );
}
