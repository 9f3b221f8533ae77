/** One short request through the new channel, with a model of what its provider lists. */
import { Alert, Autocomplete, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { Said } from "~/components/said";
import { durationText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { useStep } from "./useStep";

type Props = { channel: number; model: string; onBack: () => void; onDone: (model: string) => void };

export function Test({ channel, model: known, onBack, onDone }: Props) {
  const { t } = useTranslation("setup");
  const locale = useLocale();
  const { busy, problem, during } = useStep();
  const path = { channel: String(channel) };
  // Providers that do not tell (409) leave the name to be typed.
  const offered = useQuery({ queryKey: ["setup", "models", channel], queryFn: () => ok(api.POST("/api/v1/channels/{channel}/models/compare", { params: { path } })), retry: false });
  const [model, setModel] = useState(known);
  const [result, setResult] = useState<Schema<"ChannelTestResult"> | null>(null);
  const run = () =>
    during(async () => {
      setResult(null);
      setResult(await ok(api.POST("/api/v1/channels/{channel}/test", { params: { path }, body: { model: model.trim() } })));
    });
  const back = () =>
    during(async () => {
      await api.DELETE("/api/v1/channels/{channel}", { params: { path } });
      onBack();
    });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void run(); }}>
      <Stack gap="sm">
        {problem ? <ProblemText error={problem} /> : null}
        <Autocomplete label={t("model")} description={t("modelHint")} value={model} onChange={setModel} data={[...new Set(offered.data?.models ?? [])]} limit={50} required withAsterisk={false} autoFocus maxDropdownHeight={260} />
        {result ? (
          <Alert color={result.ok ? "green" : "red"} role="status" title={result.ok ? t("testGood", { time: durationText(result.milliseconds * 1000, locale) }) : t("testBad", { status: result.status })}>
            {result.ok ? t("testGoodText") : <Text size="sm" className="wrap">{result.detail ? <Said said={result.detail_said} /> : result.error}</Text>}
          </Alert>
        ) : null}
        <Group justify="space-between">
          <Button variant="default" onClick={back} disabled={busy}>{t("otherProvider")}</Button>
          <Group gap="xs">
            <Button type="submit" variant={result?.ok ? "default" : "filled"} loading={busy} disabled={!model.trim()}>{t("test")}</Button>
            {result ? <Button variant={result.ok ? "filled" : "default"} onClick={() => onDone(model.trim())}>{t(result.ok ? "next" : "nextAnyway")}</Button> : null}
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
