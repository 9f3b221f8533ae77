/** The columns of requests. */
import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Reach, Schema } from "~/api";
import { type Column, Count, Duration, Money, When } from "~/components";
import { RequestState, useEnd, useOperation, useWhy } from "./parts/state";

type Row = Schema<"UsageOut">;
const NONE = <Text span inherit c="dimmed">—</Text>;
const named = (name: string, id: number) => name || (id ? `#${id}` : NONE);
/** Tokens in a second between the first and the last. */
const speed = (row: Row) => {
  const us = row.total_us - row.first_token_us;
  return row.first_token_us > 0 && us > 0 && row.output_tokens > 1 ? Math.round((row.output_tokens / us) * 1e6) : null;
};

export function useColumns(reach: Reach): Column<Row>[] {
  const { t } = useTranslation("usage");
  const end = useEnd();
  const why = useWhy();
  const operation = useOperation();
  const all = reach === "all";
  const found: (Column<Row> | false)[] = [
    { key: "at", title: t("at"), width: 100, sort: "started_at", card: "line", render: (row) => <When at={row.started_at} /> },
    { key: "status", title: t("status"), width: 74, card: "badge", render: (row) => <RequestState row={row} /> },
    { key: "model", title: t("model"), card: "title", render: (row) => row.model || NONE },
    { key: "key", title: t("key"), width: 112, render: (row) => named(row.key, row.key_id) },
    reach !== "own" && { key: "user", title: t("user"), width: 96, render: (row) => named(row.user, row.user_id) },
    all && {
      key: "channel", title: t("channel"), width: 116,
      render: (row) => <Group component="span" gap={4} wrap="nowrap">{named(row.channel, row.channel_id)}{row.attempts > 1 ? <Text span inherit c="dimmed">×{row.attempts}</Text> : null}</Group>,
    },
    { key: "input", title: t("input"), width: 72, align: "right", sort: "input_tokens", render: (row) => <Count value={row.input_tokens} short /> },
    { key: "output", title: t("output"), width: 74, align: "right", sort: "output_tokens", render: (row) => <Count value={row.output_tokens} short /> },
    { key: "cost", title: t("cost"), width: 96, align: "right", sort: "cost", render: (row) => <Money nano={row.cost} /> },
    { key: "first", title: t("firstToken"), width: 94, align: "right", sort: "first_token_us", render: (row) => <Duration us={row.first_token_us || null} /> },
    { key: "total", title: t("total"), width: 84, align: "right", sort: "total_us", render: (row) => <Duration us={row.total_us} /> },
    { key: "speed", title: t("speed"), width: 96, align: "right", hidden: true, render: (row) => <Count value={speed(row)} /> },
    { key: "cached", title: t("cached"), width: 96, align: "right", hidden: true, render: (row) => <Count value={row.cached_tokens} short /> },
    { key: "reasoning", title: t("reasoning"), width: 96, align: "right", hidden: true, render: (row) => <Count value={row.reasoning_tokens} short /> },
    { key: "end", title: t("end"), width: 140, hidden: true, render: (row) => end(row.end) },
    { key: "error", title: t("error"), width: 200, hidden: true, render: (row) => why(row) || row.error || NONE },
    all && { key: "organisation", title: t("organisation"), width: 120, hidden: true, render: (row) => named(row.organisation, row.organisation_id) },
    { key: "team", title: t("team"), width: 110, hidden: true, render: (row) => named(row.team, row.team_id) },
    { key: "group", title: t("group"), width: 100, hidden: true, render: (row) => row.group || NONE },
    all && { key: "provider", title: t("provider"), width: 140, hidden: true, render: (row) => row.provider || NONE },
    all && { key: "upstream", title: t("upstreamModel"), width: 160, hidden: true, render: (row) => row.upstream_model || NONE },
    all && { key: "paid", title: t("providerCost"), width: 110, align: "right", hidden: true, render: (row) => <Money nano={row.provider_cost} /> },
    { key: "operation", title: t("operation"), width: 110, hidden: true, render: (row) => operation(row.operation) },
    { key: "ip", title: t("clientIp"), width: 120, hidden: true, render: (row) => row.client_ip || NONE },
    { key: "id", title: t("requestId"), width: 210, hidden: true, card: false, render: (row) => <Text span inherit ff="monospace">{row.request_id}</Text> },
  ];
  return found.filter((one) => one !== false);
}
