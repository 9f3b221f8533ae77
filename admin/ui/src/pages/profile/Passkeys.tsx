/** Passkeys: added with this device or a key, renamed, removed. */
import { ActionIcon, Button, Group, Table, Text, TextInput } from "@mantine/core";
import { IconCheck, IconFingerprint, IconPencil, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { ME } from "~/api/me";
import { confirm, ProblemText, When } from "~/components";
import { hasPasskeys, makePasskey } from "~/lib/passkeys";
import { useAct } from "./act";
import { Section } from "./Section";

type Row = Schema<"PasskeyOut">;

export function Passkeys() {
  const { t } = useTranslation("profile");
  const queries = useQueryClient();
  const { act, busy } = useAct("passkeys");
  const found = useQuery({ queryKey: ["passkeys"], queryFn: ({ signal }) => ok(api.GET("/api/v1/me/passkeys", { signal })) });
  const add = () =>
    act(async () => {
      const { ticket, options } = await ok(api.POST("/api/v1/me/passkeys/options"));
      const name = t("passkeys.usual", { number: (found.data?.items.length ?? 0) + 1 });
      await ok(api.POST("/api/v1/me/passkeys", { body: { ticket, name, credential: await makePasskey(options) } }));
      await queries.invalidateQueries({ queryKey: ME });
    }, t("passkeys.added"));
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("passkeys.removeTitle"), text: row.name, action: t("passkeys.remove"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/me/passkeys/{passkey}", { params: { path: { passkey: row.id } } }), t("passkeys.removed"));
  };
  const rename = (row: Row, name: string) =>
    act(() => api.PATCH("/api/v1/me/passkeys/{passkey}", { params: { path: { passkey: row.id } }, body: { name } }), t("saved"));
  const able = hasPasskeys();
  return (
    <Section
      title={t("passkeys.title")} about={t(able ? "passkeys.about" : "passkeys.unable")}
      action={<Button variant="default" leftSection={<IconFingerprint size={16} />} disabled={!able} loading={busy} onClick={add}>{t("passkeys.add")}</Button>}
    >
      {found.isError ? <ProblemText error={found.error} /> : null}
      {found.data?.items.length ? (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead><Table.Tr><Table.Th>{t("passkeys.name")}</Table.Th><Table.Th>{t("passkeys.created")}</Table.Th><Table.Th>{t("passkeys.used")}</Table.Th><Table.Th><span className="hidden-text">{t("actions")}</span></Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>{found.data.items.map((row) => <Line key={row.id} row={row} rename={rename} remove={remove} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Section>
  );
}

function Line({ row, rename, remove }: { row: Row; rename: (row: Row, name: string) => Promise<boolean>; remove: (row: Row) => unknown }) {
  const { t } = useTranslation(["profile", "common"]);
  const [name, setName] = useState<string | null>(null);
  const save = async () => {
    if (name?.trim() && (await rename(row, name.trim()))) setName(null);
  };
  return (
    <Table.Tr>
      <Table.Td>
        {name === null ? <Text size="sm" className="wrap">{row.name}</Text> : (
          <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
            <Group gap={4} wrap="nowrap">
              <TextInput aria-label={t("passkeys.name")} value={name} maxLength={100} autoFocus onChange={(event) => setName(event.currentTarget.value)} />
              <ActionIcon type="submit" aria-label={t("common:save")}><IconCheck size={16} /></ActionIcon>
            </Group>
          </form>
        )}
      </Table.Td>
      <Table.Td><When at={row.created_at} /></Table.Td>
      <Table.Td><When at={row.used_at} /></Table.Td>
      <Table.Td>
        <Group gap={2} justify="flex-end" wrap="nowrap">
          <ActionIcon aria-label={t("passkeys.rename", { name: row.name })} onClick={() => setName(name === null ? row.name : null)}><IconPencil size={16} /></ActionIcon>
          <ActionIcon color="red" aria-label={t("passkeys.removeOne", { name: row.name })} onClick={() => remove(row)}><IconTrash size={16} /></ActionIcon>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
