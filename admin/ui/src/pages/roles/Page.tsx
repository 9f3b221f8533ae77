/** Roles: the built-in ones and permission sets, what they permit, and who has them. */
import { Stack, Tabs, Text } from "@mantine/core";
import { IconShieldLock, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, type Schema, useCan, useMe } from "~/api";
import { type Column, confirm, Count, DataTable, done, failed, Page, type RowAction, Status, When, useRoleName } from "~/components";
import { Editor } from "./Editor";
import { Holders } from "./parts/Holders";
import { Shown } from "./parts/Shown";

type Row = Schema<"RoleOut">;
const KEY = ["roles"];
const TABS = ["permissions", "people"] as const;
/** Built-in ones have no id: their place and name stand for it. */
const idOf = (row: Row): string => (row.id === null ? `${row.place}-${row.name}` : String(row.id));

/** Whether the caller may change a set: an organisation's people change those of their organisation only. */
function useMayChange(): (row: Row) => boolean {
  const can = useCan();
  const me = useMe();
  return (row) => row.id !== null && (can("roles.write", "all") || (can("roles.write", "organisation") && row.organisation_id !== null && row.organisation_id === me.organisation_id));
}

export default function Roles() {
  const { t } = useTranslation("roles");
  const write = useCan()("roles.write", "organisation");
  const mayChange = useMayChange();
  const queries = useQueryClient();
  const nameOf = useRoleName();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const remove = async (row: Row) => {
    if (row.id === null || !(await confirm({ title: t("removeTitle", { name: row.name }), text: t("removeText"), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/roles/{role}", { params: { path: { role: row.id } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => nameOf(row.name) },
    { key: "kind", title: t("kind"), width: 130, card: "badge", render: (row) => <Status tone={row.id === null ? "idle" : "info"}>{t(row.id === null ? "builtIn" : "own")}</Status> },
    { key: "place", title: t("place"), width: 210, render: (row) => t(`places.${row.place}`) },
    { key: "permissions", title: t("permissionsTitle"), width: 120, align: "right", render: (row) => <Count value={row.permissions.length} /> },
    { key: "remark", title: t("remark"), width: 260, render: (row) => row.remark || "—" },
    { key: "updated", title: t("updated"), width: 130, render: (row) => <When at={row.updated_at} /> },
  ];
  const actions = (row: Row): RowAction[] => [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, disabled: !mayChange(row), run: () => remove(row) }];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="roles"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/roles", { params: { query }, signal }))}
        columns={columns}
        search={t("search")}
        defaultSort="name"
        file={{ path: "/api/v1/roles" }}
        rowId={idOf}
        rowName={(row) => row.name}
        rowActions={write ? actions : undefined}
        peek={{
          size: 680,
          title: (row) => nameOf(row.name),
          render: (row, close) => <Detail key={idOf(row)} row={row} mayChange={mayChange(row)} onSaved={refresh} close={close} />,
          load: async (id) => {
            if (/^\d+$/.test(id)) return ok(api.GET("/api/v1/roles/{role}", { params: { path: { role: Number(id) } } }));
            const { items } = await ok(api.GET("/api/v1/roles", { params: { query: { limit: 1 } } }));
            const found = items.find((row) => idOf(row) === id);
            if (!found) throw new Error(id);
            return found;
          },
        }}
        create={write ? { label: t("nav.create"), size: 680, render: (close) => <Editor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconShieldLock }}
      />
    </Page>
  );
}

function Detail({ row, mayChange, onSaved, close }: { row: Row; mayChange: boolean; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("roles");
  const can = useCan();
  const [url, setUrl] = useSearchParams();
  const shown = TABS.filter((name) => name !== "people" || can("users.read", "organisation"));
  const asked = shown.find((name) => name === url.get("tab")) ?? "permissions";
  const choose = (name: string | null) =>
    setUrl((before) => { const next = new URLSearchParams(before); name && name !== "permissions" ? next.set("tab", name) : next.delete("tab"); return next; }, { replace: true, preventScrollReset: true });
  return (
    <Tabs value={asked} onChange={choose} keepMounted={false}>
      <Tabs.List mb="sm">{shown.map((name) => <Tabs.Tab key={name} value={name}>{t(`tabs.${name}`)}</Tabs.Tab>)}</Tabs.List>
      <Tabs.Panel value="permissions">
        {mayChange && row.id !== null ? <Editor id={row.id} onSaved={onSaved} close={close} /> : (
          <Stack gap="sm"><Text size="sm" c="dimmed">{t(row.id === null ? "builtInText" : "notYours")}</Text><Shown names={row.permissions} /></Stack>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="people"><Holders role={row} /></Tabs.Panel>
    </Tabs>
  );
}
