/** Requests: every one that one may see, narrowed by what the server knows of them, live while one looks. */
import { Group } from "@mantine/core";
import { useHover } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { IconListDetails } from "@tabler/icons-react";
import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { DataTable, ExportMenu, LiveButton, Page } from "~/components";
import { useLive } from "../dashboard/useLive";
import { useColumns } from "./columns";
import { useFilters } from "./filters";
import { Request } from "./parts/Request";
import { failedRow } from "./parts/state";

type Row = Schema<"UsageOut">;
const KEY = ["usage"];
const LIVE_MS = 1000;

export default function Usage() {
  const { t } = useTranslation("usage");
  const can = useCan();
  const [url, setUrl] = useSearchParams();
  const { hovered, ref } = useHover();
  const live = url.get("live") === "1";
  const setLive = (on: boolean) =>
    setUrl((before) => { const next = new URLSearchParams(before); on ? next.set("live", "1") : next.delete("live"); return next; }, { replace: true, preventScrollReset: true });
  const reach = can("logs.read", "all") ? "all" : can("logs.read", "organisation") ? "organisation" : "own";
  const watched = live && !hovered;
  const queries = useQueryClient();
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: [...KEY, "list"] }), [queries]);
  useLive(watched, refresh, LIVE_MS);
  useEffect(() => {
    if (watched) refresh();
  }, [watched, refresh]);
  const filters = useFilters(reach);
  const columns = useColumns(reach);

  return (
    <Page
      title={t("nav.list")} about={t(`about.${reach}`)}
      actions={
        <Group gap={6}>
          <LiveButton live={live} onChange={setLive} />
          <ExportMenu label={t("export")} path="/api/v1/usage/export" filters={filters} />
        </Group>
      }
    >
      {/* While the pointer is over the list, nothing moves below it. */}
      <div ref={ref} data-live={live ? (hovered ? "held" : "on") : undefined}>
        <DataTable<Row>
          id="usage"
          queryKey={KEY}
          load={(query, signal) => ok(api.GET("/api/v1/usage", { params: { query }, signal }))}
          columns={columns}
          filters={filters}
          search={t("search")}
          defaultSort="-started_at"
          rowId={(row) => row.request_id}
          rowName={(row) => row.request_id}
          rowTone={(row) => (failedRow(row) ? "bad" : undefined)}
          peek={{
            size: 720,
            title: (row) => row.model || row.request_id,
            render: (row) => <Request key={row.request_id} id={row.request_id} row={row} />,
            load: async (id) => (await ok(api.GET("/api/v1/usage/{request_id}", { params: { path: { request_id: id } } }))).request,
          }}
          empty={{ title: t("empty.title"), text: t("empty.text"), icon: IconListDetails }}
        />
      </div>
    </Page>
  );
}
