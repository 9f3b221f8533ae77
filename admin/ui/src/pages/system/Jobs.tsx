/** Background jobs: what somebody started, how far it is and what came of it; and what runs by the clock. */
import { Anchor, Code, Stack, Tabs, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconArrowLeft, IconListCheck, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { type Column, Count, DataTable, done, failed, type Filter, isEnded, JobProgress, LiveButton, Page, type RowAction, Status, type Tone, useJobWhy, When } from "~/components";
import { BooksResult, VERIFY } from "./Books";
import { Clock } from "./Clock";
import { useJobName } from "./names";

type Row = Schema<"JobOut">;
const KEY = ["jobs", "list"];
const KINDS = ["channels.test", "channels.balance", "channels.models", VERIFY];
const STATES = ["queued", "running", "done", "failed", "cancelled"] as const;
const TONES: Record<string, Tone> = { queued: "info", running: "info", done: "good", failed: "bad", cancelled: "idle" };
const EVERY_MS = 3000;

export default function JobsPage() {
  const { t } = useTranslation(["system", "common"]);
  const [url, setUrl] = useSearchParams();
  const tab = url.get("tab") === "clock" ? "clock" : "started";
  const choose = (name: string | null) => setUrl(name === "clock" ? { tab: "clock" } : {}, { replace: true });
  return (
    <Page title={t("nav.jobs")} about={t("jobs.about")} actions={<Anchor component={Link} to="/system" size="sm"><IconArrowLeft size={14} /> {t("nav.page")}</Anchor>}>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm"><Tabs.Tab value="started">{t("jobs.started")}</Tabs.Tab><Tabs.Tab value="clock">{t("jobs.clock")}</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="started"><Started /></Tabs.Panel>
        <Tabs.Panel value="clock"><Clock /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Started() {
  const { t } = useTranslation(["system", "common"]);
  const queries = useQueryClient();
  const write = useCan()("jobs.write", "all");
  const nameOf = useJobName();
  const why = useJobWhy();
  const [live, setLive] = useState(true);
  const stop = async (row: Row) => {
    try {
      await ok(api.POST("/api/v1/jobs/{job}/cancel", { params: { path: { job: row.id } } }));
      await queries.invalidateQueries({ queryKey: KEY });
      done(t("jobs.stopping"));
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Row>[] = [
    { key: "kind", title: t("jobs.kind"), width: 240, render: (row) => nameOf(row.kind) },
    { key: "state", title: t("jobs.state"), width: 120, card: "badge", render: (row) => <Status tone={TONES[row.state] ?? "idle"} why={why(row.error) || undefined}>{t(`common:job.${row.cancelling ? "cancelling" : row.state}` as never) as string}</Status> },
    { key: "done", title: t("jobs.done"), width: 120, align: "right", render: (row) => <><Count value={row.done} />{row.total ? <> / <Count value={row.total} /></> : null}</> },
    { key: "actor", title: t("jobs.actor"), width: 160, render: (row) => row.actor },
    { key: "created", title: t("jobs.created"), width: 140, sort: "id", render: (row) => <When at={row.created_at} /> },
    { key: "ended", title: t("jobs.ended"), width: 140, render: (row) => <When at={row.ended_at} /> },
  ];
  const filters: Filter[] = [
    { name: "kind", label: t("jobs.kind"), type: "choice", options: KINDS.map((value) => ({ value, label: nameOf(value) })) },
    { name: "state", label: t("jobs.state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`common:job.${value}`) })) },
  ];
  const actions = (row: Row): RowAction[] => [{ key: "stop", label: t("common:job.stop"), icon: IconPlayerStop, disabled: isEnded(row) || row.cancelling, run: () => stop(row) }];
  return (
    <DataTable<Row>
      id="jobs"
      queryKey={KEY}
      load={(query, signal) => ok(api.GET("/api/v1/jobs", { params: { query }, signal }))}
      columns={columns}
      filters={filters}
      defaultSort="-id"
      file={{ path: "/api/v1/jobs" }}
      rowId={(row) => row.id}
      rowName={(row) => `${nameOf(row.kind)} ${row.id}`}
      rowActions={write ? actions : undefined}
      rowTone={(row) => (row.state === "failed" ? "bad" : undefined)}
      refreshMs={live ? EVERY_MS : undefined}
      tools={<LiveButton live={live} onChange={setLive} />}
      peek={{
        size: 640,
        title: (row) => `${nameOf(row.kind)} ${row.id}`,
        render: (row) => <Detail key={row.id} row={row} onEnd={() => queries.invalidateQueries({ queryKey: KEY })} />,
        load: (id) => ok(api.GET("/api/v1/jobs/{job}", { params: { path: { job: Number(id) } } })),
      }}
      empty={{ title: t("jobs.empty"), text: t("jobs.emptyText"), icon: IconListCheck }}
    />
  );
}

function Detail({ row, onEnd }: { row: Row; onEnd: () => unknown }) {
  const { t } = useTranslation(["system", "common"]);
  return (
    <Stack gap="sm">
      <JobProgress id={row.id} onEnd={onEnd} />
      <Text size="sm" component="div">{t("jobs.by", { actor: row.actor })} <When at={row.created_at} /></Text>
      {row.kind === VERIFY ? <BooksResult job={row} /> : Object.keys(row.result).length ? <Code block tabIndex={0} mah={480} style={{ overflow: "auto" }} aria-label={t("jobs.result")} role="region">{JSON.stringify(row.result, null, 2)}</Code> : null}
    </Stack>
  );
}
