/** One short request through a channel: which model, as which protocol, streamed or not, with which key. */
import { Alert, Autocomplete, Button, Code, Group, Select, Stack, Switch, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { Duration, ProblemText, Said } from "~/components";
import { at, type Channel, ENDPOINTS, type Endpoint, KEY, testable } from "../parts/data";
import { ModelTests } from "./ModelTests";

export default function Test({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [model, setModel] = useState(channel.test_model ?? "");
  const [endpoint, setEndpoint] = useState<Endpoint>("chat");
  const [stream, setStream] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [result, setResult] = useState<Schema<"ChannelTestResult"> | null>(null);
  const keys = useQuery({
    queryKey: [...KEY, "keys", channel.id],
    queryFn: async () => (await ok(api.GET("/api/v1/channels/{channel}/keys", { params: at(channel.id) }))).items,
    enabled: Boolean(channel.keys),
  });
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setResult(await ok(api.POST("/api/v1/channels/{channel}/test", { params: at(channel.id), body: { model: model.trim() || null, endpoint, stream, key_id: Number(key) || 0 } })));
      await queries.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="lg">
      <form onSubmit={(event) => { event.preventDefault(); void run(); }}>
        <Stack gap="sm">
          <Autocomplete label={t("test.model")} description={t("test.modelHint")} data={testable(channel).slice(0, 200)} value={model} onChange={setModel} />
          <Select label={t("test.endpoint")} description={t("test.endpointHint")} allowDeselect={false} data={ENDPOINTS.map((value) => ({ value, label: t(`endpoints.${value}`) }))} value={endpoint} onChange={(value) => setEndpoint(ENDPOINTS.find((one) => one === value) ?? "chat")} />
          {keys.data?.length ? <Select label={t("test.key")} placeholder={t("test.anyKey")} clearable data={keys.data.map((one) => ({ value: String(one.id), label: one.hint }))} value={key} onChange={setKey} /> : null}
          <Switch label={t("test.stream")} checked={stream} onChange={(event) => setStream(event.currentTarget.checked)} />
          <Group><Button type="submit" loading={busy}>{t("test.run")}</Button></Group>
          {problem ? <ProblemText error={problem} /> : null}
          {result ? (
            <Alert color={result.ok ? "green" : "red"} title={t(result.ok ? "test.good" : "test.failed")} role="status">
              <Text size="sm">{t("test.told", { model: result.model, status: result.status })}</Text>
              <Group gap="md">
                <Text size="sm" component="div">{t("test.total")} <Duration us={Math.round(result.milliseconds * 1000)} /></Text>
                <Text size="sm" component="div">{t("test.firstByte")} <Duration us={Math.round(result.first_byte_ms * 1000)} /></Text>
              </Group>
              {result.detail || result.error ? <Code block mt={6} className="wrap">{result.detail ? <Said said={result.detail_said} /> : result.error}</Code> : null}
            </Alert>
          ) : null}
        </Stack>
      </form>
      <ModelTests channel={channel} endpoint={endpoint} stream={stream} keyId={Number(key) || 0} />
    </Stack>
  );
}
