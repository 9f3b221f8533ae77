/** Each model of a channel asked once, a few at a time: how far it is, what came of each, and a way to stop. */
import { Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconPlayerStop, IconTestPipe } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { confirm, done, failed, Said, Status } from "~/components";
import { describe } from "~/components/ProblemText";
import { at, type Channel, type Endpoint, KEY, testable } from "../parts/data";

type Result = Pick<Schema<"ChannelTestResult">, "ok" | "milliseconds" | "detail" | "detail_said">;
/** More would only measure each other, and wake the provider's limits. */
const AT_ONCE = 3;

type Props = { channel: Channel; endpoint: Endpoint; stream: boolean; keyId: number };

export function ModelTests({ channel, endpoint, stream, keyId }: Props) {
  const { t } = useTranslation(["channels", "common"]);
  const writes = useCan()("channels.write", "all");
  const queries = useQueryClient();
  const [asked, setAsked] = useState<string[]>([]);
  const [results, setResults] = useState<Record<string, Result>>({});
  const [run, setRun] = useState<AbortController | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const models = testable(channel);
  const one = async (model: string, signal: AbortSignal): Promise<Result> => {
    try {
      return await ok(api.POST("/api/v1/channels/{channel}/test", { params: at(channel.id), body: { model, endpoint, stream, key_id: keyId }, signal }));
    } catch (error) {
      if (signal.aborted) throw error;
      return { ok: false, milliseconds: 0, detail: (await describe(error)).title };
    }
  };
  const start = async () => {
    const control = new AbortController();
    running.current = control;
    setRun(control);
    setResults({});
    setAsked(models);
    const waiting = [...models];
    const worker = async () => {
      for (let model = waiting.shift(); model !== undefined && !control.signal.aborted; model = waiting.shift()) {
        const name = model;
        const found = await one(name, control.signal);
        setResults((before) => ({ ...before, [name]: found }));
      }
    };
    // What is stopped has no result.
    await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
    setRun(null);
    await queries.invalidateQueries({ queryKey: KEY });
  };
  const bad = asked.filter((model) => results[model]?.ok === false);
  const drop = async () => {
    if (!(await confirm({ title: t("each.dropTitle", { count: bad.length }), text: bad.join(", "), action: t("remove"), danger: true }))) return;
    try {
      await ok(api.POST("/api/v1/channels/{channel}/models/apply", { params: at(channel.id), body: { add: [], remove: bad } }));
      await queries.invalidateQueries({ queryKey: KEY });
      setAsked((before) => before.filter((model) => !bad.includes(model)));
      done(t("models.applied", { added: 0, removed: bad.length }));
    } catch (error) {
      failed(error);
    }
  };
  if (models.length < 2 && asked.length === 0) return null;
  const over = asked.filter((model) => results[model]).length;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {run ? <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={() => run.abort()}>{t("common:job.stop")}</Button> : <Button variant="default" leftSection={<IconTestPipe size={14} />} onClick={start}>{t("each.run", { count: models.length })}</Button>}
        {bad.length && !run && writes && bad.length < Object.keys(channel.models).length ? <Button variant="default" c="var(--mantine-color-error)" onClick={drop}>{t("each.drop", { count: bad.length })}</Button> : null}
      </Group>
      {asked.length ? (
        <>
          <Text size="sm" aria-live="polite">{t("each.progress", { done: over, count: asked.length, bad: bad.length })}</Text>
          {run ? <Progress value={(100 * over) / asked.length} aria-label={t("each.progress", { done: over, count: asked.length, bad: bad.length })} /> : null}
          <Table>
            <Table.Tbody>
              {asked.map((model) => {
                const found = results[model];
                return (
                  <Table.Tr key={model}>
                    <Table.Td className="wrap">{model}</Table.Td>
                    <Table.Td>{found ? <Status tone={found.ok ? "good" : "bad"}>{t(found.ok ? "test.good" : "test.failed")}</Status> : <Status tone="idle">{t(run ? "each.waiting" : "each.stopped")}</Status>}</Table.Td>
                    <Table.Td className="num">{found?.milliseconds ? t("ms", { count: Math.round(found.milliseconds) }) : ""}</Table.Td>
                    <Table.Td className="wrap">{found?.detail_said ? <Said said={found.detail_said} /> : found?.detail}</Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </>
      ) : null}
    </Stack>
  );
}
