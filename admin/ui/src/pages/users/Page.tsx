/** Users: those of the gateway or of one's organisation, and what is done to one or many of them. */
import { Stack, Tabs } from "@mantine/core";
import { IconArrowBackUp, IconPower, IconTrash, IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, pick, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, type Filter, Money, Page, type RowAction, Status, When, useRoleName } from "~/components";
import { nanoOf } from "~/lib/money";
import { Access } from "./parts/Access";
import { Balance } from "./parts/Balance";
import { Editor, type UserRow } from "./parts/Editor";

const KEY = ["users"];
const TABS = ["person", "balance", "access"] as const;
const bulk = (body: Partial<Schema<"UserBulk">> & Pick<Schema<"UserBulk">, "action">) => ok(api.POST("/api/v1/users/bulk", { body: { dry_run: false, ...body } as Schema<"UserBulk"> }));

export default function Users() {
  const { t } = useTranslation("users");
  const can = useCan();
  const roleName = useRoleName();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const write = can("users.write", "organisation");
  const all = can("users.read", "all");

  const attempt = async (work: () => Promise<unknown>, text: string, undo?: () => Promise<unknown>) => {
    try {
      await work();
      await refresh();
      done(text, undo && (async () => { await undo(); await refresh(); }));
    } catch (error) {
      failed(error);
    }
  };
  const path = (row: UserRow) => ({ path: { user: String(row.id) } });
  const set = (row: UserRow, enabled: boolean) => ok(api.PATCH("/api/v1/users/{user}", { params: path(row), body: { enabled } }));
  const restore = (row: UserRow) => ok(api.POST("/api/v1/users/{user}/restore", { params: path(row) }));
  const remove = async (row: UserRow) => {
    if (!(await confirm({ title: t("removeTitle", { name: row.name }), text: t("removeText"), action: t("remove"), danger: true }))) return;
    await attempt(() => api.DELETE("/api/v1/users/{user}", { params: path(row) }), t("removed"), () => restore(row));
  };

  const columns: (Column<UserRow> | false)[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => row.name },
    { key: "state", title: t("state"), width: 100, card: "badge", render: (row) => <Status tone={row.removed ? "bad" : row.locked ? "warn" : row.enabled ? "good" : "idle"}>{t(row.removed ? "states.removed" : row.locked ? "states.locked" : row.enabled ? "states.on" : "states.off")}</Status> },
    { key: "display", title: t("displayName"), width: 150, render: (row) => row.display_name || "—" },
    { key: "email", title: t("email"), width: 190, render: (row) => row.email ?? "—" },
    all && { key: "organisation", title: t("organisation"), width: 120, render: (row) => row.organisation ?? "—" },
    { key: "group", title: t("group"), width: 90, render: (row) => row.group },
    { key: "role", title: t("role"), width: 100, render: (row) => roleName(all ? row.role : row.organisation_role) },
    { key: "balance", title: t("balance"), width: 110, align: "right", render: (row) => (row.money.limited ? <Money nano={nanoOf(row.money.balance)} /> : t("limitedNo")) },
    { key: "seen", title: t("lastLogin"), width: 116, render: (row) => <When at={row.last_login_at} /> },
    { key: "created", title: t("created"), width: 116, sort: "created_at", hidden: true, render: (row) => <When at={row.created_at} /> },
    { key: "remark", title: t("remark"), width: 180, hidden: true, render: (row) => row.remark || "—" },
  ];
  const filters: Filter[] = [
    { name: "enabled", label: t("enabled"), type: "flag" },
    ...(all ? [{ name: "organisation", label: t("organisation"), type: "pick" as const, search: pick("organisation") }] : []),
    { name: "group", label: t("group"), type: "text" },
    ...(all ? [{ name: "role", label: t("role"), type: "text" as const }] : []),
    { name: "organisation_role", label: t("organisationRole"), type: "text", rare: all },
    { name: "removed", label: t("states.removed"), type: "flag" },
  ];
  const actions = (row: UserRow): RowAction[] =>
    row.removed
      ? [{ key: "restore", label: t("restore"), icon: IconArrowBackUp, run: () => attempt(() => restore(row), t("restored")) }]
      : [
          { key: "toggle", label: t(row.enabled ? "disable" : "enable"), icon: IconPower, run: () => attempt(() => set(row, !row.enabled), t(row.enabled ? "disabled" : "enabledNow"), () => set(row, row.enabled)) },
          { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) },
        ];
  const many: BulkAction[] = [
    { key: "enable", label: t("enable"), icon: IconPower, run: (ids, dry_run) => bulk({ ids, dry_run, action: "enable" }), undo: (ids) => bulk({ ids, action: "disable" }) },
    { key: "disable", label: t("disable"), icon: IconPower, run: (ids, dry_run) => bulk({ ids, dry_run, action: "disable" }), undo: (ids) => bulk({ ids, action: "enable" }) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry_run) => bulk({ ids, dry_run, action: "remove" }), undo: (ids) => bulk({ ids, action: "restore" }) },
  ];

  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<UserRow>
        id="users"
        queryKey={KEY}
        load={async (query, signal) => (await ok(api.GET("/api/v1/users", { params: { query }, signal }))) as Schema<"Listed_UserOut_">}
        columns={columns.filter((one) => one !== false)}
        filters={filters}
        search={t("search")}
        defaultSort="-id"
        file={{ path: "/api/v1/users" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowTone={(row) => (row.enabled && !row.removed ? undefined : "idle")}
        rowActions={write ? actions : undefined}
        bulk={write ? many : undefined}
        peek={{
          size: 620,
          title: (row) => row.name,
          render: (row, close) => <Detail key={row.id} row={row} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/users/{user}", { params: { path: { user: id } } })) as Promise<UserRow>,
        }}
        create={write ? { label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconUsers }}
      />
    </Page>
  );
}

function Detail({ row, onSaved, close }: { row: UserRow; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("users");
  const [url, setUrl] = useSearchParams();
  const asked = TABS.find((name) => name === url.get("tab")) ?? "person";
  const choose = (name: string | null) =>
    setUrl((before) => { const next = new URLSearchParams(before); name && name !== "person" ? next.set("tab", name) : next.delete("tab"); return next; }, { replace: true, preventScrollReset: true });
  return (
    <Stack gap="sm">
      <Tabs value={asked} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm">{TABS.map((name) => <Tabs.Tab key={name} value={name}>{t(`tabs.${name}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="person"><Editor id={row.id} onSaved={onSaved} close={close} /></Tabs.Panel>
        <Tabs.Panel value="balance"><Balance money={row.money} owner={{ kind: "user", id: row.id }} onSaved={onSaved} /></Tabs.Panel>
        <Tabs.Panel value="access"><Access id={row.id} name={row.name} onSaved={onSaved} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
