/** Jobs that run by the clock, in one replica: when next, how the last run ended; and running one now. */
import { ActionIcon, Loader, Table, Text, Tooltip } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { Count, done, failed, ProblemText, Status, useJobWhy, When } from "~/components";
import { useJobName } from "./names";

type Row = Schema<"ScheduleOut">;
const KEY = ["jobs", "schedules"];
const EVERY_MS = 5000;

export function Clock() {
  const { t } = useTranslation("system");
  const queries = useQueryClient();
  const write = useCan()("jobs.write", "all");
  const nameOf = useJobName();
  const found = useQuery({ queryKey: KEY, queryFn: async () => (await ok(api.GET("/api/v1/jobs/schedules"))).items, refetchInterval: EVERY_MS });
  const run = async (row: Row) => {
    try {
      await api.POST("/api/v1/jobs/schedules/{name}/run", { params: { path: { name: row.name } } });
      await queries.invalidateQueries({ queryKey: KEY });
      done(t("jobs.runs", { name: nameOf(row.name) }));
    } catch (error) {
      failed(error);
    }
  };
  if (found.isError) return <ProblemText error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loader size="sm" />;
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">{t("jobs.clockAbout")}</Text>
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": t("jobs.clock"), role: "group" } }}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>{t("jobs.kind")}</Table.Th><Table.Th miw={140}>{t("jobs.state")}</Table.Th><Table.Th>{t("jobs.next")}</Table.Th><Table.Th>{t("jobs.last")}</Table.Th><Table.Th ta="right">{t("jobs.times")}</Table.Th>{write ? <Table.Th w={44}><span className="hidden-text">{t("jobs.now")}</span></Table.Th> : null}</Table.Tr></Table.Thead>
          <Table.Tbody>
            {found.data.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Td>{nameOf(row.name)} <Text span size="xs" c="dimmed">{row.name}</Text></Table.Td>
                <Table.Td><State row={row} /></Table.Td>
                <Table.Td><When at={row.next_at} /></Table.Td>
                <Table.Td><When at={row.ended_at} /></Table.Td>
                <Table.Td ta="right"><Count value={row.runs} /></Table.Td>
                {write ? <Table.Td><Tooltip label={t("jobs.now")}><ActionIcon aria-label={t("jobs.nowOf", { name: nameOf(row.name) })} onClick={() => void run(row)}><IconPlayerPlay size={16} /></ActionIcon></Tooltip></Table.Td> : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function State({ row }: { row: Row }) {
  const { t } = useTranslation("system");
  const why = useJobWhy();
  if (row.running) return <Status tone="info" why={row.replica || undefined}>{t("jobs.running")}</Status>;
  if (row.failures > 0) return <Status tone="bad" why={why(row.error) || undefined}>{t("jobs.failing", { count: row.failures })}</Status>;
  return <Status tone={row.runs ? "good" : "idle"}>{t(row.runs ? "jobs.well" : "jobs.never")}</Status>;
}
