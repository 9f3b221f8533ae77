/** What a channel changes of requests, as JSON, with a preview of what goes out while it is written. */
import { Alert, Badge, Button, Code, Group, Loader, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api, ifMatch, ok, type Schema, tagged } from "~/api";
import { DirtyGuard, done, JsonEditor, ProblemText } from "~/components";
import { at, type Channel, KEY, PROTOCOLS, testable } from "../parts/data";
import { RuleMenu } from "./RuleMenu";
import { BEGUN, type Begun, RULES } from "./rules";

type Settings = Schema<"ChannelSettings">;
type Json = Record<string, unknown>;
const WAIT = 350;

const rulesOf = (channel: Channel): Json => Object.fromEntries(RULES.filter((name) => channel.settings[name] !== undefined && channel.settings[name] !== null).map((name) => [name, channel.settings[name]]));

const same = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);

const read = (id: number) => tagged(api.GET("/api/v1/channels/{channel}", { params: at(id) }));

/** The rules as they are stored now: a change is based on them. */
export default function Rules({ channel }: { channel: Channel }) {
  const found = useQuery({ queryKey: [...KEY, "rules", channel.id], queryFn: () => read(channel.id), gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  return found.data ? <Written channel={channel} initial={rulesOf(found.data.value)} etag={found.data.etag} /> : <Loader size="sm" />;
}

function Written({ channel, initial, etag }: { channel: Channel; initial: Json; etag: string }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  /** What the change is based on, as the server says it. */
  const [base, setBase] = useState({ rules: initial, etag });
  const [theirs, setTheirs] = useState<{ rules: Json; etag: string } | null>(null);
  const [stored, setStored] = useState(initial);
  const [rules, setRules] = useState<Json>(stored);
  const [written, setWritten] = useState({ turn: 0, rules: stored });
  const [bad, setBad] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const dirty = !same(rules, stored);
  const unknown = Object.keys(rules).filter((name) => !(RULES as readonly string[]).includes(name));
  // What was taken out has to be named, or it would stay.
  const settings = { ...Object.fromEntries(RULES.map((name) => [name, null])), ...rules } as Settings;
  const send = async (based: string) => {
    const made = await tagged(api.PATCH("/api/v1/channels/{channel}", { params: { ...at(channel.id), header: ifMatch(based) }, body: { settings } }));
    setBase({ rules: rulesOf(made.value), etag: made.etag });
    setTheirs(null);
    setStored(rules);
    await queries.invalidateQueries({ queryKey: KEY, predicate: (query) => query.queryKey[1] !== "rules" });
    done(t("rules.saved"));
  };
  const save = async (based: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await send(based).catch(async (error: unknown) => {
        if (!(error instanceof ApiProblem) || error.status !== 412) throw error;
        const fresh = await read(channel.id);
        const now = rulesOf(fresh.value);
        // What somebody changed elsewhere in the channel is no matter for its rules.
        if (same(now, base.rules)) await send(fresh.etag);
        else setTheirs({ rules: now, etag: fresh.etag });
      });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const take = () => {
    if (!theirs) return;
    setBase(theirs);
    setStored(theirs.rules);
    setRules(theirs.rules);
    setWritten({ turn: written.turn + 1, rules: theirs.rules });
    setBad(false);
    setTheirs(null);
  };
  const begin = (name: Begun) => {
    const next = { ...rules, [name]: name === "system_prompt" ? { ...BEGUN[name], text: t("rules.prompt") } : BEGUN[name] };
    setRules(next);
    setWritten({ turn: written.turn + 1, rules: next });
  };
  return (
    <Stack gap="sm">
      <Group><RuleMenu present={Object.keys(rules)} disabled={bad} onAdd={begin} /></Group>
      <JsonEditor
        key={written.turn} label={t("rules.label")} description={t("rules.hint", { names: RULES.join(", ") })} value={Object.keys(written.rules).length ? written.rules : null} minRows={8}
        placeholder={'{"param_override": {"temperature": 0.2}}'}
        error={unknown.length ? t("rules.unknown", { names: unknown.join(", ") }) : undefined}
        onChange={(value, wrong) => { setBad(wrong || (value !== null && (typeof value !== "object" || Array.isArray(value)))); if (!wrong) setRules((value ?? {}) as Json); }}
      />
      {problem ? <ProblemText error={problem} /> : null}
      {theirs ? <Clash theirs={theirs.rules} take={take} keep={() => void save(theirs.etag)} busy={busy} /> : null}
      <Group><Button loading={busy} disabled={!dirty || bad || unknown.length > 0 || theirs !== null} onClick={() => void save(base.etag)}>{t("common:save")}</Button></Group>
      <Preview channel={channel} rules={rules} broken={bad || unknown.length > 0} />
      <DirtyGuard dirty={dirty && !busy} />
    </Stack>
  );
}

/** Somebody else has changed the rules meanwhile: theirs, or mine over them. */
function Clash({ theirs, take, keep, busy }: { theirs: Json; take: () => void; keep: () => void; busy: boolean }) {
  const { t } = useTranslation("common");
  return (
    <Alert color="yellow" title={t("conflict.title")} role="alert">
      <Text size="sm">{t("conflict.text")}</Text>
      <Text size="xs" c="dimmed" mt={6}>{t("conflict.theirs")}</Text>
      <Code block className="wrap" tabIndex={0} mah={240} style={{ overflow: "auto" }} mb="xs">{JSON.stringify(theirs, null, 2)}</Code>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={take}>{t("conflict.take")}</Button>
        <Button size="compact-sm" loading={busy} onClick={keep}>{t("conflict.keep")}</Button>
      </Group>
    </Alert>
  );
}

function Preview({ channel, rules, broken }: { channel: Channel; rules: Json; broken: boolean }) {
  const { t } = useTranslation(["channels", "common"]);
  const [model, setModel] = useState(channel.test_model || testable(channel)[0] || "model");
  const [protocol, setProtocol] = useState<(typeof PROTOCOLS)[number]>("chat");
  const [body, setBody] = useState<Json | null>({ messages: [{ role: "user", content: "Hello" }], temperature: 1, stream: true });
  const [asked] = useDebouncedValue(JSON.stringify({ model, protocol, body, rules }), WAIT);
  const found = useQuery({
    queryKey: [...KEY, "preview", channel.id, asked],
    queryFn: ({ signal }) => {
      const wanted = JSON.parse(asked) as { model: string; protocol: "chat"; body: Json; rules: Json };
      const rest = { ...channel.settings, ...Object.fromEntries(RULES.map((name) => [name, null])) };
      return ok(
        api.POST("/api/v1/channels/{channel}/preview", {
          params: at(channel.id), signal,
          body: {
            body: { model: wanted.model, ...wanted.body } as never, model: wanted.model, protocol: wanted.protocol, settings: { ...rest, ...wanted.rules } as Settings,
            operation: "chat", path: "/v1/chat/completions", headers: {}, attempt: 0, key: "", user: "", group: "",
          },
        }),
      );
    },
    enabled: !broken && body !== null && model !== "",
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 0,
  });
  const out = found.data;
  return (
    <Stack gap="xs">
      <Group gap="xs"><Text fw={600}>{t("preview.title")}</Text>{found.isFetching ? <Loader size={14} /> : null}</Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t("test.model")} value={model} onChange={(event) => setModel(event.currentTarget.value)} />
        <Select label={t("preview.protocol")} allowDeselect={false} data={PROTOCOLS.map((value) => ({ value, label: t(`endpoints.${value}`) }))} value={protocol} onChange={(value) => setProtocol(PROTOCOLS.find((one) => one === value) ?? "chat")} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <JsonEditor label={t("preview.in")} value={body} minRows={8} onChange={(value, wrong) => setBody(wrong || !value || typeof value !== "object" ? null : (value as Json))} />
        <div>
          <Text size="sm" fw={500} component="div">{t("preview.out")}</Text>
          {found.isError ? <ProblemText error={found.error} /> : null}
          {out ? <Code block tabIndex={0} mah={420} style={{ overflow: "auto" }} data-testid="preview">{JSON.stringify(out.body, null, 2)}</Code> : null}
        </div>
      </SimpleGrid>
      {out?.refused ? <Alert color="red" title={t("preview.refused", { status: out.refused.status })}>{out.refused.message}</Alert> : null}
      {out ? (
        <Stack gap={4}>
          <Line name={t("preview.applied")} values={out.applied} />
          <Line name={t("preview.changed")} values={out.changed} />
          <Line name={t("preview.losses")} values={out.losses} colour="yellow" />
          <Line name={t("preview.headers")} values={Object.entries(out.headers).map(([name, value]) => `${name}: ${value}`)} />
          <Line name={t("preview.statuses")} values={Object.entries(out.status_map).map(([from, to]) => `${from} → ${to}`)} />
          {out.edits_answers ? <Text size="xs" c="dimmed">{t("preview.answers")}</Text> : null}
        </Stack>
      ) : null}
    </Stack>
  );
}

function Line({ name, values, colour = "gray" }: { name: string; values: string[]; colour?: string }) {
  if (values.length === 0) return null;
  return <Group gap={6}><Text size="xs" c="dimmed" miw={110}>{name}</Text>{values.map((value) => <Badge key={value} color={colour} tt="none" maw="100%">{value}</Badge>)}</Group>;
}
