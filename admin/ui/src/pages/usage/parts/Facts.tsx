/** What the record of a request says, as names and values. */
import { Anchor, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schema } from "~/api";
import { Count, Money, When } from "~/components";
import css from "../usage.module.css";
import { useOperation } from "./state";

export function Facts({ row, everything }: { row: Schema<"UsageOut">; everything: boolean }) {
  const { t } = useTranslation("usage");
  const operation = useOperation();
  const to = (page: string, id: number, name: string) => (id ? <Anchor component={Link} inherit to={`/${page}?peek=${id}`}>{name || `#${id}`}</Anchor> : null);
  const facts: [string, ReactNode][] = [
    [t("at"), <When key="at" at={row.started_at} absolute />],
    [t("key"), to("keys", row.key_id, row.key)],
    [t("user"), row.user],
    [t("organisation"), row.organisation],
    [t("team"), row.team],
    [t("group"), row.group],
    [t("channel"), everything ? to("channels", row.channel_id, row.channel) : row.channel],
    [t("provider"), row.provider],
    [t("upstreamModel"), row.upstream_model],
    [t("responseModel"), row.response_model],
    [t("operation"), operation(row.operation)],
    [t("conversion"), row.plan],
    [t("input"), <Count key="in" value={row.input_tokens} />],
    [t("cached"), row.cached_tokens ? <Count key="ca" value={row.cached_tokens} /> : null],
    [t("cacheWrite"), row.cache_write_tokens ? <Count key="cw" value={row.cache_write_tokens} /> : null],
    [t("output"), <Count key="out" value={row.output_tokens} />],
    [t("reasoning"), row.reasoning_tokens ? <Count key="re" value={row.reasoning_tokens} /> : null],
    [t("cost"), <Money key="cost" nano={row.cost} exact />],
    [t("providerCost"), everything ? <Money key="paid" nano={row.provider_cost} exact /> : null],
    [t("finish"), row.finish_reason],
    [t("losses"), row.losses],
    [t("clientIp"), row.client_ip],
    [t("upstreamRequestId"), row.upstream_request_id],
    [t("replica"), everything ? row.replica : null],
  ];
  return (
    <dl className={css.facts}>
      {facts.filter(([, value]) => value !== null && value !== "").map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">{name}</Text>
          <Text component="dd" size="sm">{value}</Text>
        </div>
      ))}
    </dl>
  );
}
