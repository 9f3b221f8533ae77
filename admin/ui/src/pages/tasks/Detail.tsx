/** One task beside the list: how far it is, what it used and cost, the requests that belong to it. */
import { Alert, Anchor, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schema } from "~/api";
import { Copy, Count, Money, Said, When } from "~/components";
import { Settled, TaskState } from "./state";

type Row = Schema<"TaskOut">;

export function Detail({ row }: { row: Row }) {
  const { t } = useTranslation("tasks");
  const request = (id: string) => <Anchor component={Link} inherit ff="monospace" to={`/usage?peek=${id}`}>{id}</Anchor>;
  const facts: [string, ReactNode][] = [
    [t("state"), <TaskState key="state" row={row} />],
    [t("settlement"), <Settled key="settlement" row={row} />],
    [t("made"), <When key="made" at={row.made_at} absolute />],
    [t("finished"), row.finished_at ? <When key="finished" at={row.finished_at} absolute /> : null],
    [t("next"), row.next_at ? <When key="next" at={row.next_at} absolute /> : null],
    [t("expires"), row.settlement === "open" ? <When key="expires" at={row.expires_at} absolute /> : null],
    [t("polls"), <Count key="polls" value={row.polls} />],
    [t("model"), row.model],
    [t("key"), row.key],
    [t("user"), row.user],
    [t("team"), row.team],
    [t("organisation"), row.organisation],
    [t("channel"), row.channel],
    [t("provider"), row.provider],
    [t("input"), <Count key="input" value={row.input_tokens} />],
    [t("cached"), row.cached_tokens ? <Count key="cached" value={row.cached_tokens} /> : null],
    [t("output"), <Count key="output" value={row.output_tokens} />],
    [t("reasoning"), row.reasoning_tokens ? <Count key="reasoning" value={row.reasoning_tokens} /> : null],
    [t("estimate"), <Money key="estimate" nano={row.estimate} exact />],
    [t("cost"), <Money key="cost" nano={row.cost} exact />],
    [t("request"), request(row.request_id)],
    [t("settledBy"), row.settlement === "exact" && row.output_tokens + row.input_tokens > 0 ? request(row.settled_by) : null],
  ];
  return (
    <Stack gap="sm">
      <Group gap={4}><Text size="sm" ff="monospace" className="wrap">{row.upstream_id}</Text><Copy text={row.upstream_id} label={t("copyId")} /></Group>
      {row.note ? <Alert color="yellow" p="xs"><Text size="sm" className="wrap"><Said said={row.note_said} /></Text></Alert> : null}
      <Text size="sm" c="dimmed">{t(`settlementWhy.${row.settlement}`)}</Text>
      <dl className="card-lines">{facts.filter(([, value]) => value !== null && value !== "").map(([label, value]) => <div key={label}><Text component="dt" size="xs" c="dimmed">{label}</Text><dd className="wrap">{value}</dd></div>)}</dl>
    </Stack>
  );
}
