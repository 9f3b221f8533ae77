/** A question about a route: the request, kept in the URL, and the channels that would be tried for it in order. */
import { Alert, Autocomplete, Button, Group, Paper, Select, SimpleGrid, Skeleton, Stack, Switch, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, type paths, type Schema } from "~/api";
import { Empty, ProblemText, Said } from "~/components";
import { Candidates } from "./Candidates";

type Query = paths["/api/v1/route/explain"]["get"]["parameters"]["query"];
const PROTOCOLS = ["chat", "responses", "messages", "gemini"] as const;
const OPERATIONS = ["chat", "text_completion", "embeddings", "count_tokens", "compact"] as const;
const one = <Value extends string>(list: readonly Value[], value: string | null, usual: Value): Value => list.find((item) => item === value) ?? usual;

function queryOf(url: URLSearchParams): Query | null {
  const model = url.get("model");
  if (!model) return null;
  return {
    model, protocol: one(PROTOCOLS, url.get("protocol"), "chat"), operation: one(OPERATIONS, url.get("operation"), "chat"), stream: url.get("stream") === "true",
    ...(url.get("key") ? { key: url.get("key") } : {}),
  };
}

export function Explain() {
  const { t } = useTranslation("routes");
  const [url, setUrl] = useSearchParams();
  const query = queryOf(url);
  const found = useQuery({
    queryKey: ["route", query],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/route/explain", { params: { query: query as Query }, signal })),
    enabled: query !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const ask = (wanted: Query) => {
    const params = new URLSearchParams({ model: wanted.model });
    for (const [name, value, usual] of [["protocol", wanted.protocol, "chat"], ["operation", wanted.operation, "chat"], ["key", wanted.key ?? "", ""], ["stream", String(wanted.stream), "false"]] as const) {
      if (value && value !== usual) params.set(name, value);
    }
    setUrl(params);
  };
  return (
    <Stack gap="md">
      <Question key={url.toString()} query={query} ask={ask} busy={found.isFetching} />
      {query === null ? <Paper withBorder><Empty title={t("empty.title")} text={t("empty.text")} icon={IconRoute} /></Paper> : null}
      {found.isError ? <ProblemText error={found.error} retry={() => found.refetch()} /> : null}
      {query && found.isLoading ? <Stack gap="xs">{[0, 1, 2].map((row) => <Skeleton key={row} h={72} />)}</Stack> : null}
      {query && found.data && !found.isError ? (
        <>
          {found.data.refused ? <Alert color="red" title={t("refused")}><Said said={found.data.refused_said} /></Alert> : null}
          {found.data.suffix ? <Text size="sm">{t("suffix", { base: found.data.base_model, suffix: found.data.suffix })}</Text> : null}
          {found.data.strict ? <Text size="sm" c="dimmed">{t("strict")}</Text> : null}
          <Candidates route={found.data} />
        </>
      ) : null}
    </Stack>
  );
}

function Question({ query, ask, busy }: { query: Query | null; ask: (query: Query) => void; busy: boolean }) {
  const { t } = useTranslation("routes");
  const [model, setModel] = useState(query?.model ?? "");
  const [protocol, setProtocol] = useState(query?.protocol ?? "chat");
  const [operation, setOperation] = useState(query?.operation ?? "chat");
  const [stream, setStream] = useState(query?.stream ?? false);
  const [key, setKey] = useState(query?.key ?? "");
  const names = useQuery({
    queryKey: ["models", "offered", "names"],
    queryFn: async () => (await ok(api.GET("/api/v1/models/offered"))).models.map((each) => each.name),
    staleTime: 60_000,
  });
  const keys = useQuery({
    queryKey: ["keys", "names", key],
    queryFn: async () => ((await ok(api.GET("/api/v1/keys", { params: { query: { q: key, limit: 20 } } }))) as Schema<"Listed_KeyOut_">).items.map((each) => each.name),
    enabled: key.length > 1,
    retry: false,
  });
  return (
    <Paper withBorder p="md">
      <form onSubmit={(event) => { event.preventDefault(); if (model.trim()) ask({ model: model.trim(), protocol, operation, stream, key: key.trim() || null }); }}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Autocomplete label={t("model")} description={t("modelHint")} data={names.data ?? []} limit={50} value={model} onChange={setModel} />
            <Autocomplete label={t("key")} description={t("keyHint")} data={[...new Set(keys.data ?? [])]} value={key} onChange={setKey} filter={({ options }) => options} />
            <Select label={t("protocol")} allowDeselect={false} data={PROTOCOLS.map((value) => ({ value, label: t(`protocols.${value}`) }))} value={protocol} onChange={(value) => setProtocol(one(PROTOCOLS, value, "chat"))} />
            <Select label={t("operation")} allowDeselect={false} data={OPERATIONS.map((value) => ({ value, label: t(`operations.${value}`) }))} value={operation} onChange={(value) => setOperation(one(OPERATIONS, value, "chat"))} />
          </SimpleGrid>
          <Group justify="space-between">
            <Switch label={t("stream")} checked={stream} onChange={(event) => setStream(event.currentTarget.checked)} />
            <Button type="submit" loading={busy} disabled={!model.trim()}>{t("ask")}</Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
