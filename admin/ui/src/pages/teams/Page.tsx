/** Teams: people of one organisation who share keys, budgets, limits and models. Members and leads see those they are in. */
import { Stack, Tabs } from "@mantine/core";
import { IconBox, IconTrash, IconUsersPlus } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, pick, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, Count, DataTable, done, failed, type Filter, Page, type RowAction, Status, When } from "~/components";
import { Editor } from "./Editor";
import { Bounds } from "./parts/Bounds";
import { Grants } from "./parts/Grants";
import { ModelsAsk, type ModelsQuestion } from "./parts/ModelsAsk";
import { People } from "./parts/People";
import { Use } from "./parts/Use";

type Row = Schema<"TeamOut">;
const KEY = ["teams"];
const TABS = ["people", "use", "bounds", "grants", "settings"] as const;
const bulk = (body: Partial<Schema<"TeamBulk">> & Pick<Schema<"TeamBulk">, "action">) => ok(api.POST("/api/v1/teams/bulk", { body: { dry_run: false, ...body } as Schema<"TeamBulk"> }));

export default function Teams() {
  const { t } = useTranslation("teams");
  const can = useCan();
  const write = can("organisations.write", "organisation");
  const all = can("organisations.read", "all");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const [question, setQuestion] = useState<ModelsQuestion>(null);

  const askModels = () => new Promise<string[] | null>((resolve) => setQuestion({ answer: (models) => { setQuestion(null); resolve(models); } }));
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle", { name: row.name }), text: t("removeText"), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/teams/{team}", { params: { path: { team: row.id } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const columns: (Column<Row> | false)[] = [
    { key: "name", title: t("name"), sort: "name", render: (row) => row.name },
    { key: "role", title: t("yours"), width: 110, card: "badge", hidden: write, render: (row) => (row.role ? <Status tone={row.role === "lead" ? "info" : "idle"}>{t(`roles.${row.role}`)}</Status> : "—") },
    all && { key: "organisation", title: t("organisation"), width: 170, render: (row) => row.organisation },
    { key: "members", title: t("members"), width: 110, align: "right", render: (row) => <Count value={row.members} /> },
    { key: "models", title: t("models"), width: 230, render: (row) => row.models?.join(", ") ?? t("allModels") },
    { key: "grants", title: t("tabs.grants"), width: 180, hidden: true, render: (row) => [row.grants.organisation_role, row.grants.group].filter(Boolean).join(", ") || "—" },
    { key: "remark", title: t("remark"), width: 230, render: (row) => row.remark || "—" },
    { key: "created", title: t("created"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = all ? [{ name: "organisation", label: t("organisation"), type: "pick", search: pick("organisation") }] : [];
  const actions = (row: Row): RowAction[] => [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) }];
  const many: BulkAction[] = [
    {
      key: "models", label: t("setModels"), icon: IconBox,
      run: async (ids, dry_run) => {
        const models = await askModels();
        return models === null ? null : bulk({ ids, dry_run, action: "change", values: { models: models.length > 0 ? models : null } });
      },
    },
    { key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry_run) => bulk({ ids, dry_run, action: "delete" }) },
  ];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="teams"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/teams", { params: { query }, signal }))}
        columns={columns.filter((one) => one !== false)}
        filters={filters}
        search={t("search")}
        defaultSort="name"
        file={{ path: "/api/v1/teams" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowActions={write ? actions : undefined}
        bulk={write ? many : undefined}
        peek={{
          size: 660,
          title: (row) => `${row.organisation}/${row.name}`,
          render: (row, close) => <Detail key={row.id} row={row} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/teams/{team}", { params: { path: { team: Number(id) } } })),
        }}
        create={write ? { label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconUsersPlus }}
      />
      <ModelsAsk question={question} />
    </Page>
  );
}

function Detail({ row, onSaved, close }: { row: Row; onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation("teams");
  const write = useCan()("organisations.write", "organisation");
  const [url, setUrl] = useSearchParams();
  const shown = TABS.filter((name) => (name !== "settings" && name !== "grants") || write);
  const asked = shown.find((name) => name === url.get("tab")) ?? "people";
  const choose = (name: string | null) =>
    setUrl((before) => { const next = new URLSearchParams(before); name && name !== "people" ? next.set("tab", name) : next.delete("tab"); return next; }, { replace: true, preventScrollReset: true });
  return (
    <Stack gap="sm">
      <Tabs value={asked} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm">{shown.map((name) => <Tabs.Tab key={name} value={name}>{t(`tabs.${name}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="people"><People team={row} onSaved={onSaved} /></Tabs.Panel>
        <Tabs.Panel value="use"><Use team={row} /></Tabs.Panel>
        <Tabs.Panel value="bounds"><Bounds team={row} /></Tabs.Panel>
        {write ? <Tabs.Panel value="grants"><Grants team={row} onSaved={onSaved} close={close} /></Tabs.Panel> : null}
        {write ? <Tabs.Panel value="settings"><Editor id={row.id} onSaved={onSaved} close={close} /></Tabs.Panel> : null}
      </Tabs>
    </Stack>
  );
}
