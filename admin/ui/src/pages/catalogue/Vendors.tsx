/** Vendors: who makes models. */
import { Anchor } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconBuildingFactory2, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { type BulkAction, type Column, confirm, DataTable, done, failed, Page, type RowAction, When } from "~/components";
import { VendorEditor } from "./VendorEditor";

type Row = Schema<"VendorOut">;
const KEY = ["vendors"];

export default function Vendors() {
  const { t } = useTranslation("catalogue");
  const writes = useCan()("models.write", "all");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const remove = async (row: Row) => {
    if (!(await confirm({ title: t("removeTitle", { name: row.name }), text: t("vendors.removeText"), action: t("remove"), danger: true }))) return;
    try {
      await api.DELETE("/api/v1/vendors/{vendor}", { params: { path: { vendor: String(row.id) } } });
      await refresh();
      done(t("removed", { name: row.name }));
    } catch (error) {
      failed(error);
    }
  };
  const several: BulkAction[] = [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: (ids, dry) => ok(api.POST("/api/v1/vendors/bulk", { body: { ids, action: "delete", dry_run: dry } })) }];
  const columns: Column<Row>[] = [
    { key: "name", title: t("name"), width: 200, sort: "name", render: (row) => row.name },
    { key: "link", title: t("vendors.link"), width: 280, render: (row) => (row.link ? <Anchor href={row.link} target="_blank" rel="noreferrer" size="sm">{row.link}</Anchor> : null) },
    { key: "remark", title: t("vendors.remark"), render: (row) => row.remark },
    { key: "icon", title: t("icon"), width: 120, hidden: true, render: (row) => row.icon },
    { key: "created", title: t("created"), width: 130, render: (row) => <When at={row.created_at} /> },
  ];
  const actions = (row: Row): RowAction[] => [{ key: "remove", label: t("remove"), icon: IconTrash, danger: true, run: () => remove(row) }];
  return (
    <Page title={t("nav.vendors")} about={t("vendors.about")}>
      <DataTable<Row>
        id="vendors"
        queryKey={KEY}
        load={(query, signal) => ok(api.GET("/api/v1/vendors", { params: { query }, signal }))}
        columns={columns}
        search={t("vendors.search")}
        defaultSort="name"
        file={{ path: "/api/v1/vendors" }}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowActions={writes ? actions : undefined}
        bulk={writes ? several : undefined}
        peek={{
          title: (row) => row.name,
          render: (row, close) => <VendorEditor key={row.id} row={row} onSaved={refresh} close={close} />,
          load: (id) => ok(api.GET("/api/v1/vendors/{vendor}", { params: { path: { vendor: id } } })),
        }}
        create={writes ? { label: t("vendors.create"), render: (close) => <VendorEditor onSaved={refresh} close={close} /> } : undefined}
        empty={{ title: t("vendors.none"), text: t("vendors.about"), icon: IconBuildingFactory2 }}
      />
    </Page>
  );
}
