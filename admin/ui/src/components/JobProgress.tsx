/** A background job: how far it is, its end, and the way to stop it. Follows the job's events; asks again where they end. */
import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, GATEWAY, isProblem, ok, type Schema } from "~/api";
import { useJobWhy } from "./jobWhy";
import { ProblemText } from "./ProblemText";
import { failed } from "./toast";

type Job = Schema<"JobOut">;
const ENDED = ["done", "failed", "cancelled"];

export const isEnded = (job: Job | undefined): boolean => job !== undefined && ENDED.includes(job.state);

/** The job as it is now. */
export function useJob(id: number | null) {
  const queries = useQueryClient();
  const job = useQuery({
    queryKey: ["jobs", "one", id],
    queryFn: () => ok(api.GET("/api/v1/jobs/{job}", { params: { path: { job: id ?? 0 } } })),
    enabled: id !== null,
    refetchInterval: (query) => (isEnded(query.state.data) ? false : 5000),
  });
  const over = isEnded(job.data);
  useEffect(() => {
    if (id === null || over) return;
    const events = new EventSource(`${GATEWAY}/api/v1/jobs/${id}/events`);
    events.addEventListener("job", (event) => queries.setQueryData(["jobs", "one", id], JSON.parse(event.data) as Job));
    events.onerror = () => events.close();
    return () => events.close();
  }, [id, over, queries]);
  return job;
}

export function JobProgress({ id, label, onEnd }: { id: number; label?: string; onEnd?: (job: Job) => void }) {
  const { t } = useTranslation();
  const { data: job, error, refetch } = useJob(id);
  const why = useJobWhy();
  const queries = useQueryClient();
  const [stopping, setStopping] = useState(false);
  const told = useRef(false);
  useEffect(() => {
    if (job && isEnded(job) && !told.current) {
      told.current = true;
      onEnd?.(job);
    }
  }, [job, onEnd]);
  const stop = async () => {
    setStopping(true);
    try {
      queries.setQueryData(["jobs", "one", id], await ok(api.POST("/api/v1/jobs/{job}/cancel", { params: { path: { job: id } } })));
    } catch (problem) {
      // It may have ended meanwhile: then its end is shown.
      if (isProblem(problem, "conflict")) await refetch();
      else failed(problem);
    } finally {
      setStopping(false);
    }
  };
  if (error) return <ProblemText error={error} />;
  const over = isEnded(job);
  const share = job && job.total > 0 ? (100 * job.done) / job.total : over ? 100 : 0;
  const state = over ? (job?.state ?? "done") : stopping || job?.cancelling ? "cancelling" : (job?.state ?? "queued");
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" aria-live="polite">{label ? `${label}: ` : ""}{t(`job.${state}` as never) as string}{job && job.total > 0 ? ` ${job.done} / ${job.total}` : ""}</Text>
        {over ? null : <Button size="compact-xs" variant="default" disabled={stopping || job?.cancelling} onClick={() => void stop()}>{t("job.stop")}</Button>}
      </Group>
      <Progress value={share} animated={!over} color={job?.state === "failed" ? "red" : job?.state === "cancelled" ? "gray" : undefined} aria-label={label ?? t("job.progress")} />
      {job?.error ? <Text size="xs" c="var(--mantine-color-error)">{why(job.error)}</Text> : null}
    </Stack>
  );
}
