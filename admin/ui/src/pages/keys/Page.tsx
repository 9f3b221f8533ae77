/** Keys: those that one may see, new ones, and what is done to one or many of them. */
import { IconKey, IconPower, IconRefreshAlert, IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, pick, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, Count, DataTable, done, failed, type Filter, Money, Page, type RowAction, Status, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { moneyText, nanoOf } from "~/lib/money";
import { Create } from "./parts/Create";
import { Detail } from "./parts/Detail";
import { GroupAsk, type GroupQuestion } from "./parts/GroupAsk";
import { Rotate } from "./parts/Rotate";
import { pickTeam, useRights } from "./rights";

type Row = Schema<"KeyOut">;
const KEY = ["keys"];
const bulk = (body: Partial<Schema<"KeyBulk">> & Pick<Schema<"KeyBulk">, "action">) => ok(api.POST("/api/v1/keys/bulk", { body: { dry_run: false, ...body } as Schema<"KeyBulk"> }));

export default function Keys() {
  const { t } = useTranslation("keys");
  const can = useCan();
  const locale = useLocale();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const [rotating, setRotating] = useState<Row | null>(null);
  const [question, setQuestion] = useState<GroupQuestion>(null);
  const others = can("keys.read", "organisation");
  const write = can("keys.write");
  const rights = useRights();

  const askGroup = () => new Promise<string | null>((resolve) => setQuestion({ answer: (group) => { setQuestion(null); resolve(group); } }));
  const change = async (row: Row, body: Schema<"KeyPatch">) => {
    await ok(api.PATCH("/api/v1/keys/{key}", { params: { path: { key: String(row.id) } }, body }));
    await refresh();
  };
  const toggle = async (row: Row) => {
    try {
      await change(row, { enabled: !row.enabled });
      done(t(row.enabled ? "disabled" : "enabledNow"), () => change(row, { enabled: row.enabled }));
    } catch (error) {
      failed(error);
    }
  };
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle"), text: t("removeText", { name: row.name }), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/keys/{key}", { params: { path: { key: String(row.id) } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };

  const columns: (Column<Row> | false)[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => row.name },
    { key: "hint", title: t("value"), width: 162, render: (row) => <code>{row.hint}</code> },
    { key: "state", title: t("state"), width: 82, card: "badge", render: (row) => <Status tone={row.enabled ? "good" : "idle"}>{t(row.enabled ? "on" : "off")}</Status> },
    others && { key: "user", title: t("user"), width: 110, render: (row) => row.user || "—" },
    { key: "team", title: t("team"), width: 110, render: (row) => row.team || "—" },
    { key: "models", title: t("models"), width: 130, render: (row) => row.models?.join(", ") ?? t("all") },
    { key: "requests", title: t("requestsTitle"), width: 92, align: "right", render: (row) => <Count value={row.requests} short /> },
    { key: "cost", title: t("cost"), width: 100, align: "right", render: (row) => <Money nano={row.used_nano} /> },
    { key: "used", title: t("lastUsed"), width: 112, render: (row) => <When at={row.last_used_at} /> },
    { key: "group", title: t("group"), width: 110, hidden: true, render: (row) => row.groups?.join(" → ") || row.group || "—" },
    { key: "budget", title: t("budgets"), width: 130, hidden: true, render: (row) => (row.budgets ?? []).map((one) => `${moneyText(nanoOf(String(one.amount)) ?? 0n, locale)}/${t(`periods.${one.period}`)}`).join(", ") || "—" },
    { key: "expires", title: t("expires"), width: 116, hidden: true, render: (row) => <When at={row.expires_at} /> },
    { key: "created", title: t("created"), width: 116, sort: "created_at", hidden: true, render: (row) => <When at={row.created_at} /> },
    { key: "networks", title: t("networks"), width: 160, hidden: true, render: (row) => row.networks?.join(", ") ?? "—" },
    { key: "endpoints", title: t("endpoints"), width: 180, hidden: true, render: (row) => row.endpoints?.join(", ") ?? "—" },
    { key: "remark", title: t("remark"), width: 200, hidden: true, render: (row) => row.remark || "—" },
  ];
  const filters: Filter[] = [
    { name: "enabled", label: t("enabled"), type: "flag" },
    ...(others ? [{ name: "user", label: t("user"), type: "pick" as const, search: pick("user") }] : []),
    ...(can("keys.read", "all") ? [{ name: "organisation", label: t("organisation"), type: "pick" as const, search: pick("organisation") }] : []),
    { name: "team", label: t("team"), type: "pick", search: pickTeam },
    { name: "group", label: t("group"), type: "text", rare: true },
  ];
  const actions = (row: Row): RowAction[] => {
    const may = rights(row);
    return [
      { key: "toggle", label: t(row.enabled ? "disable" : "enable"), icon: IconPower, disabled: !may.change, run: () => toggle(row) },
      { key: "rotate", label: t(may.rotate || !may.change ? "rotate" : "rotateOwner"), icon: IconRefreshAlert, disabled: !may.rotate, run: () => setRotating(row) },
      { key: "remove", label: t("remove"), icon: IconTrash, danger: true, disabled: !may.change, run: () => remove(row) },
    ];
  };
  const many: BulkAction[] = [
    { key: "enable", label: t("enable"), icon: IconPower, run: (ids, dry_run) => bulk({ ids, dry_run, action: "enable" }), undo: (ids) => bulk({ ids, action: "disable" }) },
    { key: "disable", label: t("disable"), icon: IconPower, run: (ids, dry_run) => bulk({ ids, dry_run, action: "disable" }), undo: (ids) => bulk({ ids, action: "enable" }) },
    {
      key: "group", label: t("setGroup"), icon: IconUsersGroup,
      run: async (ids, dry_run) => {
        const group = await askGroup();
        return group === null ? null : bulk({ ids, dry_run, action: "change", values: { group: group || null } });
      },
    },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry_run) => bulk({ ids, dry_run, action: "delete" }) },
  ];

  return (
    <Page title={t("nav.list")} about={t(others ? "aboutAll" : "about")}>
      <DataTable<Row>
        id="keys"
        queryKey={KEY}
        load={async (query, signal) => (await ok(api.GET("/api/v1/keys", { params: { query }, signal }))) as Schema<"Listed_KeyOut_">}
        columns={columns.filter((one) => one !== false)}
        filters={filters}
        search={t("search")}
        defaultSort="-created_at"
        file={{ path: "/api/v1/keys" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowTone={(row) => (row.enabled ? undefined : "idle")}
        rowActions={write ? actions : undefined}
        bulk={write ? many : undefined}
        peek={{
          title: (row) => row.name,
          render: (row, close) => <Detail key={row.id} row={row} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/keys/{key}", { params: { path: { key: id } } })),
        }}
        create={write ? { label: t("nav.create"), render: (close) => <Create onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconKey }}
      />
      <Rotate row={rotating} onDone={refresh} onClose={() => setRotating(null)} />
      <GroupAsk question={question} />
    </Page>
  );
}
