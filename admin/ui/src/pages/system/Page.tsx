/** What runs: replicas and their nodes, the journal, queues, database, Redis, disk. Read only, asked for again by itself. */
import { Anchor, Button, Group, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconListCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { Bytes, Count, Duration, LiveButton, Money, Page, ProblemText, Status } from "~/components";
import { percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { Books } from "./Books";
import { Box, Fact } from "./parts";
import { Takeover } from "./Takeover";

type System = Schema<"SystemOut">;
const EVERY_MS = 5000;
/** A replica that was not heard of for so long is shown as silent. */
const SILENT_S = 30;
const SCARCE = 0.1;

export default function SystemPage() {
  const { t } = useTranslation("system");
  const jobs = useCan()("jobs.read", "all");
  const [live, setLive] = useState(true);
  const found = useQuery({ queryKey: ["system"], queryFn: ({ signal }) => ok(api.GET("/api/v1/system", { signal })), refetchInterval: live ? EVERY_MS : false });
  return (
    <Page title={t("nav.page")} about={t("about")} actions={<Group gap="xs">{jobs ? <Button component={Link} to="/system/jobs" variant="default" leftSection={<IconListCheck size={16} />}>{t("nav.jobs")}</Button> : null}<LiveButton live={live} onChange={setLive} /></Group>}>
      {found.isError ? <ProblemText error={found.error} retry={() => void found.refetch()} /> : null}
      {found.data ? <Parts system={found.data} /> : found.isError ? null : <div aria-busy="true" />}
    </Page>
  );
}

function Parts({ system }: { system: System }) {
  const { t } = useTranslation("system");
  const { router, database, redis, disk, links } = system;
  const locale = useLocale();
  const can = useCan();
  const free = disk ? disk.free_bytes / Math.max(1, disk.total_bytes) : 1;
  return (
    <Stack gap="sm">
      <Replicas system={system} />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {router ? (
          <Box title={t("router.title")}>
            <Fact label={t("router.table")}>{router.table_version ?? "—"}</Fact>
            <Fact label={t("router.channels")}><Count value={router.channels} /></Fact>
            <Fact label={t("router.requests")}><Count value={router.requests} /></Fact>
            <Fact label={t("router.failures")}><Count value={router.failures} /></Fact>
            <Fact label={t("router.open")}><Count value={router.open_requests} /></Fact>
            <Fact label={t("router.streams")}><Count value={router.open_streams} /></Fact>
            <Fact label={t("router.leases")}><Count value={router.leases_held} /></Fact>
            <Fact label={t("router.unspent")}><Money nano={router.leases_unspent} /></Fact>
            <Fact label={t("router.resting")}><Count value={router.resting_channels.length} /></Fact>
          </Box>
        ) : null}
        {router ? (
          <Box title={t("journal.title")} badge={<Status tone={router.journal.lag_s > 10 ? "warn" : "good"}>{t(router.journal.lag_s > 10 ? "journal.behind" : "journal.fresh")}</Status>}>
            <Fact label={t("journal.records")}><Count value={router.journal.records} /></Fact>
            <Fact label={t("journal.bytes")}><Bytes bytes={router.journal.bytes} /></Fact>
            <Fact label={t("journal.lag")}><Duration us={Math.round(router.journal.lag_s * 1e6)} /></Fact>
          </Box>
        ) : null}
        <Box title={t("database.title")} badge={<Status tone="good">{database.kind}</Status>}>
          <Fact label={t("version")}>{database.version}</Fact>
          <Fact label={t("database.revision")}>{database.revision}</Fact>
          <Fact label={t("latency")}><Duration us={Math.round(database.latency_ms * 1000)} /></Fact>
          <Fact label={t("database.size")}><Bytes bytes={database.size_bytes} /></Fact>
        </Box>
        <Box title={t("redis.title")} badge={redis ? <Status tone={redis.answers ? "good" : "bad"}>{t(redis.answers ? "redis.answers" : "redis.silent")}</Status> : null}>
          {redis ? (
            <>
              <Fact label={t("redis.host")}>{redis.host}</Fact>
              <Fact label={t("version")}>{redis.version || "—"}</Fact>
              <Fact label={t("latency")}><Duration us={redis.latency_ms === null ? null : Math.round(redis.latency_ms * 1000)} /></Fact>
              <Fact label={t("redis.used")}><Bytes bytes={redis.used_bytes} /></Fact>
            </>
          ) : <Text size="sm" c="dimmed">{t("redis.none")}</Text>}
        </Box>
        {disk ? (
          <Box title={t("disk.title")} badge={<Status tone={free < SCARCE ? "bad" : "good"}>{t("disk.free", { share: percentText(free, locale, 0) })}</Status>}>
            <Fact label={t("disk.path")}>{disk.path}</Fact>
            <Fact label={t("disk.left")}><Bytes bytes={disk.free_bytes} /></Fact>
            <Fact label={t("disk.total")}><Bytes bytes={disk.total_bytes} /></Fact>
          </Box>
        ) : null}
        <Queues queues={system.queues} />
        {can("jobs.read", "all") ? <Books /> : null}
        {can("imports.write", "all") ? <Takeover /> : null}
        <Box title={t("links.title")}>
          {links.grafana ? <Anchor href={links.grafana} size="sm" target="_blank" rel="noreferrer">{t("links.grafana")}</Anchor> : null}
          {links.ray_dashboard ? <Anchor href={links.ray_dashboard} size="sm" target="_blank" rel="noreferrer">{t("links.ray")}</Anchor> : null}
          {links.grafana || links.ray_dashboard ? null : (
            <>
              <Text size="sm" c="dimmed">{t("links.none")}</Text>
              <Anchor component={Link} to="/settings?area=console#console.grafana_url" size="sm">{t("links.set")}</Anchor>
            </>
          )}
        </Box>
      </SimpleGrid>
    </Stack>
  );
}

function Replicas({ system }: { system: System }) {
  const { t } = useTranslation("system");
  return (
    <Box
      title={t("replicas.title")}
      badge={<Status tone={system.versions.length > 1 ? "warn" : "good"}>{system.versions.length > 1 ? t("replicas.mixed", { versions: system.versions.join(", ") }) : t("replicas.version", { version: system.version })}</Status>}
    >
      <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": t("replicas.list"), role: "group" } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {(["name", "kind", "node", "version", "uptime", "table", "open", "streams", "seen"] as const).map((key) => <Table.Th key={key}>{t(key === "version" ? key : `replicas.${key}`)}</Table.Th>)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {system.replicas.map((one) => (
              <Table.Tr key={one.replica}>
                <Table.Td>{one.replica}</Table.Td><Table.Td>{one.kind}</Table.Td><Table.Td>{one.node}</Table.Td><Table.Td>{one.version}</Table.Td>
                <Table.Td><Duration us={one.uptime_s === null ? null : Math.round(one.uptime_s * 1e6)} /></Table.Td>
                <Table.Td>{one.table_version}</Table.Td><Table.Td><Count value={one.open_requests} /></Table.Td><Table.Td><Count value={one.open_streams} /></Table.Td>
                <Table.Td>{one.seen_seconds_ago > SILENT_S ? <Status tone="bad">{t("replicas.silent")}</Status> : <Status tone="good">{t("replicas.well")}</Status>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Box>
  );
}

const WAITING = ["jobs_queued", "jobs_running", "jobs_failed", "schedules", "schedules_failing", "events_unrouted", "deliveries_waiting", "deliveries_failed", "leases", "sessions"] as const;
const BAD: readonly string[] = ["jobs_failed", "schedules_failing", "deliveries_failed"];

function Queues({ queues }: { queues: System["queues"] }) {
  const { t } = useTranslation("system");
  return (
    <Box title={t("queues.title")}>
      {WAITING.map((key) => (
        <Fact key={key} label={t(`queues.${key}`)}>{BAD.includes(key) && queues[key] > 0 ? <Status tone="bad"><Count value={queues[key]} /></Status> : <Count value={queues[key]} />}</Fact>
      ))}
    </Box>
  );
}
