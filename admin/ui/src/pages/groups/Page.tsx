/** Groups: multipliers of prices, models that are reached, who may choose them. There are few: the list is whole. */
import { IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { type Column, confirm, Count, DataTable, done, failed, Page, type RowAction } from "~/components";
import { Editor } from "./Editor";

type Row = Schema<"GroupOut">;
const KEY = ["groups"];

export default function Groups() {
  const { t } = useTranslation("groups");
  const write = useCan()("groups.write", "all");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle", { name: row.name }), text: t("removeText"), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/groups/{name}", { params: { path: { name: row.name } } });
      await refresh();
      done(t("removed"));
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), render: (row) => row.name },
    { key: "ratio", title: t("ratio"), width: 110, align: "right", card: "badge", render: (row) => <span className="num">× {row.ratio}</span> },
    { key: "topup", title: t("topup"), width: 130, align: "right", render: (row) => <span className="num">× {row.topup_ratio}</span> },
    { key: "users", title: t("users"), width: 90, align: "right", render: (row) => <Count value={row.users} /> },
    { key: "models", title: t("models"), width: 200, render: (row) => row.models?.join(", ") ?? t("allModels") },
    { key: "usable", title: t("usableBy"), width: 170, render: (row) => row.usable_by?.join(", ") ?? t("ownOnly") },
    { key: "rank", title: t("rank"), width: 110, align: "right", render: (row) => row.auto_rank ?? "—" },
    { key: "remark", title: t("remark"), width: 190, render: (row) => row.remark || "—" },
  ];
  const actions = (row: Row): RowAction[] => [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) }];
  return (
    <Page title={t("nav.list")} about={t("about")}>
      <DataTable<Row>
        id="groups"
        queryKey={KEY}
        load={(_, signal) => ok(api.GET("/api/v1/groups", { signal }))}
        columns={columns}
        rowId={(row) => row.name}
        rowName={(row) => row.name}
        rowActions={write ? actions : undefined}
        peek={{
          title: (row) => row.name,
          render: (row, close) => <Editor key={row.name} name={row.name} onSaved={refresh} close={close} />,
          load: (name) => ok(api.GET("/api/v1/groups/{name}", { params: { path: { name } } })),
        }}
        create={write ? { label: t("nav.create"), render: (close) => <Editor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconUsersGroup }}
      />
    </Page>
  );
}
