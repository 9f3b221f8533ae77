/** Organisations: who is in them, what they have, what they may use. */
import { Anchor, Stack, Tabs, Text } from "@mantine/core";
import { IconBuilding, IconPower, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, ok, type Schema, useCan, useMe } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, Money, Page, type RowAction, Status, When } from "~/components";
import { nanoOf } from "~/lib/money";
import { Balance } from "../users/parts/Balance";
import { Editor } from "./Editor";

type Row = Schema<"OrganisationOut">;
const KEY = ["organisations"];
const TABS = ["settings", "balance"] as const;

export default function Organisations() {
  const { t } = useTranslation("organisations");
  const operator = useCan()("organisations.write", "all");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const path = (row: Row) => ({ path: { organisation: String(row.id) } });
  const set = async (row: Row, enabled: boolean) => {
    await ok(api.PATCH("/api/v1/organisations/{organisation}", { params: path(row), body: { enabled } }));
    await refresh();
  };
  const toggle = async (row: Row) => {
    try {
      await set(row, !row.enabled);
      done(t(row.enabled ? "disabled" : "enabledNow"), () => set(row, row.enabled));
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle"), text: row.name, action: t("remove"), danger: true, typed: row.name }))) return;
    try {
      await api.DELETE("/api/v1/organisations/{organisation}", { params: path(row) });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => row.name },
    { key: "state", title: t("state"), width: 100, card: "badge", render: (row) => <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status> },
    { key: "group", title: t("defaultGroup"), width: 140, render: (row) => row.default_group },
    { key: "balance", title: t("balance"), width: 130, align: "right", render: (row) => (row.money.limited ? <Money nano={nanoOf(row.money.balance)} /> : t("unlimited")) },
    { key: "remark", title: t("remark"), width: 220, render: (row) => row.remark || "—" },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const actions = (row: Row): RowAction[] => [
    { key: "toggle", label: t(row.enabled ? "disable" : "enable"), icon: IconPower, run: () => toggle(row) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) },
  ];
  const bulk = (action: Schema<"OrganisationBulk">["action"]) => (ids: number[], dry_run: boolean) => ok(api.POST("/api/v1/organisations/bulk", { body: { ids, dry_run, action } }));
  const many: BulkAction[] = [
    { key: "enable", label: t("enable"), icon: IconPower, run: bulk("enable"), undo: (ids) => bulk("disable")(ids, false) },
    { key: "disable", label: t("disable"), icon: IconPower, run: bulk("disable"), undo: (ids) => bulk("enable")(ids, false) },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: bulk("delete") },
  ];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="organisations"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/organisations", { params: { query }, signal }))}
        columns={columns}
        search={t("search")}
        defaultSort="name"
        file={{ path: "/api/v1/organisations" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        rowActions={operator ? actions : undefined}
        bulk={operator ? many : undefined}
        peek={{
          title: (row) => row.name,
          render: (row, close) => <Detail key={row.id} row={row} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/organisations/{organisation}", { params: { path: { organisation: id } } })),
        }}
        create={operator ? { label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconBuilding }}
      />
    </Page>
  );
}

function Detail({ row, onSaved, close }: { row: Row; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("organisations");
  const [url, setUrl] = useSearchParams();
  const me = useMe();
  const buys = useCan()("orders.write", "organisation") && me.organisation_id === row.id;
  const asked = TABS.find((name) => name === url.get("tab")) ?? "settings";
  const choose = (name: string | null) =>
    setUrl((before) => { const next = new URLSearchParams(before); name && name !== "settings" ? next.set("tab", name) : next.delete("tab"); return next; }, { replace: true, preventScrollReset: true });
  return (
    <Stack gap="sm">
      <Text size="sm"><Anchor component={Link} inherit to={`/users?organisation=${encodeURIComponent(row.name)}`}>{t("members")}</Anchor></Text>
      <Tabs value={asked} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm">{TABS.map((name) => <Tabs.Tab key={name} value={name}>{t(`tabs.${name}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="settings"><Editor id={row.id} onSaved={onSaved} close={close} /></Tabs.Panel>
        <Tabs.Panel value="balance">{buys ? <Text size="sm" mb="sm"><Anchor component={Link} inherit to="/wallet?of=organisation">{t("buy")}</Anchor></Text> : null}<Balance money={row.money} owner={{ kind: "organisation", id: row.id }} onSaved={onSaved} /></Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
