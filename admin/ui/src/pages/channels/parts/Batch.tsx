/** Work on many channels in the background: tests, balances, models. Shows how far it is, and what came of each channel. */
import { Button, Group, ScrollArea, Select, Stack, Switch, Table, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { failed, JobProgress, Said, Status } from "~/components";
import { ENDPOINTS, KEY } from "./data";
import { TakeOver } from "./TakeOver";

type Action = Schema<"ChannelJob">["action"];
type Job = Schema<"JobOut">;
/** What a job writes of one channel into its `result`, which the API leaves open. */
export type Line = { id: number; name?: string; ok?: boolean; milliseconds?: number; detail?: string; detail_said?: Schema<"SaidOut">; new?: string[]; gone?: string[]; balance?: string; currency?: string };
const ACTIONS: Action[] = ["test", "balance", "models"];
const SHOWN = 200;

/** `ids` empty: all channels that are switched on. */
export function Batch({ ids, action: first = "test", close }: { ids: number[]; action?: Action; close: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [action, setAction] = useState<Action>(first);
  const [model, setModel] = useState("");
  const [endpoint, setEndpoint] = useState<(typeof ENDPOINTS)[number]>("chat");
  const [stream, setStream] = useState(false);
  const [job, setJob] = useState<Job | null>(null);
  const [ended, setEnded] = useState<Job | null>(null);
  const start = async () => {
    try {
      setJob(await ok(api.POST("/api/v1/channels/jobs", { body: { ids, action, endpoint, stream, model: model.trim() || null, dry_run: false } })));
    } catch (error) {
      failed(error);
    }
  };
  const over = useCallback(
    (last: Job) => {
      setEnded(last);
      void queries.invalidateQueries({ queryKey: KEY });
    },
    [queries],
  );
  if (job) {
    return (
      <Stack gap="sm">
        <JobProgress id={job.id} label={t(`batch.${action}`)} onEnd={over} />
        {ended ? <Results job={ended} /> : null}
        {ended && action === "models" ? <TakeOver lines={(ended.result.results ?? []) as Line[]} close={close} /> : null}
        <Group justify="flex-end"><Button variant="default" onClick={close}>{t("common:close")}</Button></Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={(event) => { event.preventDefault(); void start(); }}>
      <Stack gap="sm">
        <Text size="sm">{ids.length ? t("batch.chosen", { count: ids.length }) : t("batch.all")}</Text>
        <Select label={t("batch.what")} allowDeselect={false} data={ACTIONS.map((value) => ({ value, label: t(`batch.${value}`) }))} value={action} onChange={(value) => setAction(ACTIONS.find((one) => one === value) ?? "test")} />
        {action === "test" ? (
          <>
            <TextInput label={t("test.model")} description={t("batch.modelHint")} value={model} onChange={(event) => setModel(event.currentTarget.value)} />
            <Select label={t("test.endpoint")} allowDeselect={false} data={ENDPOINTS.map((value) => ({ value, label: t(`endpoints.${value}`) }))} value={endpoint} onChange={(value) => setEndpoint(ENDPOINTS.find((one) => one === value) ?? "chat")} />
            <Switch label={t("test.stream")} checked={stream} onChange={(event) => setStream(event.currentTarget.checked)} />
          </>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
          <Button type="submit" data-autofocus>{t("batch.start")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Results({ job }: { job: Job }) {
  const { t } = useTranslation(["channels", "common"]);
  const lines = ((job.result.results ?? []) as Line[]).slice().sort((one, other) => Number(one.ok ?? true) - Number(other.ok ?? true));
  const bad = lines.filter((line) => line.ok === false).length;
  if (lines.length === 0) return null;
  return (
    <Stack gap={6}>
      <Text size="sm" aria-live="polite">{t("batch.result", { good: lines.length - bad, bad })}</Text>
      <ScrollArea.Autosize mah={320} viewportProps={{ tabIndex: 0 }}>
        <Table>
          <Table.Tbody>
            {lines.slice(0, SHOWN).map((line) => (
              <Table.Tr key={line.id}>
                <Table.Td>{line.name ?? line.id}</Table.Td>
                <Table.Td><Status tone={line.ok === false ? "bad" : "good"}>{t(line.ok === false ? "test.failed" : "test.good")}</Status></Table.Td>
                <Table.Td className="num">{line.milliseconds === undefined ? "" : t("ms", { count: Math.round(line.milliseconds) })}</Table.Td>
                <Table.Td className="wrap"><Told line={line} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </Stack>
  );
}

function Told({ line }: { line: Line }) {
  const { t } = useTranslation("channels");
  if (line.detail_said) return <Said said={line.detail_said} />;
  if (line.new || line.gone) return t("batch.differs", { added: line.new?.length ?? 0, removed: line.gone?.length ?? 0 });
  return line.balance ? `${line.balance} ${line.currency ?? ""}` : line.detail;
}
