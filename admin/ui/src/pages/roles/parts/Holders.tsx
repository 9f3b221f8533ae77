/** Who has a role, and giving it to somebody: on the whole gateway, or inside of their organisation. */
import { ActionIcon, Anchor, Autocomplete, Button, Group, Loader, Select, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconUserMinus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { confirm, done, failed, ProblemText } from "~/components";

type Role = Schema<"RoleOut">;
type User = Schema<"UserOut">;
type Place = "role" | "organisation_role";
const SHOWN = 50;
/** What everybody is who has no other role. */
const MEMBER = "member";

export function Holders({ role }: { role: Role }) {
  const { t } = useTranslation("roles");
  const can = useCan();
  const queries = useQueryClient();
  const key = ["roles", "holders", role.name];
  const places: Place[] = [...(role.place !== "organisation" && can("users.read", "all") ? (["role"] as const) : []), ...(role.place !== "gateway" ? (["organisation_role"] as const) : [])];
  const found = useQuery({
    queryKey: key,
    queryFn: () => Promise.all(places.map(async (place) => {
      const listed = (await ok(api.GET("/api/v1/users", { params: { query: { [place]: role.name, limit: SHOWN } } }))) as Schema<"Listed_UserOut_">;
      return { place, ...listed };
    })),
  });
  const write = can("users.write", "organisation") && can("roles.write", "organisation") && role.name !== MEMBER;
  const set = async (user: string, place: Place, name: string, text: string) => {
    try {
      await ok(api.PATCH("/api/v1/users/{user}", { params: { path: { user } }, body: { [place]: name } as Schema<"UserPatch"> }));
      await queries.invalidateQueries({ queryKey: key });
      done(text);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  };
  const take = async (one: User, place: Place) => {
    if (!(await confirm({ title: t("takeTitle", { name: one.name }), text: t("takeText"), action: t("take"), danger: true }))) return;
    await set(String(one.id), place, MEMBER, t("taken"));
  };
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return <Loader size="sm" />;
  const rows = found.data.flatMap(({ place, items }) => items.map((one) => ({ one, place })));
  const more = found.data.find((one) => one.next);
  return (
    <Stack gap="sm">
      {write && places.length > 0 ? <Give places={places} give={(user, place) => set(user, place, role.name, t("given"))} /> : null}
      {rows.length === 0 ? <Text size="sm" c="dimmed">{t("nobody")}</Text> : (
        <Table.ScrollContainer minWidth={360}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t("person")}</Table.Th><Table.Th>{t("where")}</Table.Th>{write ? <Table.Th w={44}><span className="hidden-text">{t("take")}</span></Table.Th> : null}</Table.Tr></Table.Thead>
            <Table.Tbody>
              {rows.map(({ one, place }) => (
                <Table.Tr key={`${one.id}-${place}`}>
                  <Table.Td>{one.name} <Text span inherit c="dimmed">{one.display_name}</Text></Table.Td>
                  <Table.Td>{place === "role" ? t("onGateway") : (one.organisation ?? "—")}</Table.Td>
                  {write ? <Table.Td><ActionIcon aria-label={t("takeOf", { name: one.name })} onClick={() => void take(one, place)}><IconUserMinus size={16} /></ActionIcon></Table.Td> : null}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {more ? <Anchor component={Link} size="sm" to={`/users?${more.place}=${encodeURIComponent(role.name)}`}>{t("allPeople")}</Anchor> : null}
    </Stack>
  );
}

function Give({ places, give }: { places: Place[]; give: (user: string, place: Place) => Promise<boolean> }) {
  const { t } = useTranslation("roles");
  const [text, setText] = useState("");
  const [place, setPlace] = useState<Place>(places[0] ?? "role");
  const [asked] = useDebouncedValue(text.trim(), 200);
  const { data } = useQuery({
    queryKey: ["roles", "candidates", asked],
    queryFn: () => ok(api.GET("/api/v1/users", { params: { query: { q: asked, limit: 20 } } })) as Promise<Schema<"Listed_UserOut_">>,
    enabled: asked !== "",
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void give(text.trim(), place).then((good) => good && setText("")); }}>
      <Group gap="xs" align="flex-end">
        <Autocomplete flex={1} miw={160} label={t("giveTo")} data={(data?.items ?? []).map((one) => one.name)} filter={({ options }) => options} value={text} onChange={setText} />
        {places.length > 1 ? <Select label={t("where")} w={190} allowDeselect={false} value={place} data={places.map((value) => ({ value, label: t(`givePlaces.${value}`) }))} onChange={(value) => setPlace((value ?? "role") as Place)} /> : null}
        <Button type="submit" variant="default" disabled={!text.trim()}>{t("give")}</Button>
      </Group>
    </form>
  );
}
