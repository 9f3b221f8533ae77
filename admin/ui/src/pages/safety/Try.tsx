/** Tries rules on a text while it is typed: the stored ones, or one that is being written. Nothing is stored or sent on. */
import { Alert, FileButton, Button, Code, Group, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileText } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { ProblemText, Status } from "~/components";
import { type Action, pieces, STAGES } from "./shape";

const WAIT_MS = 300;
const MOST = 100_000;
const COLOUR: Record<Action, string> = { block: "var(--mantine-color-red-light)", mask: "var(--mantine-color-yellow-light)", log: "var(--mantine-color-blue-light)" };

export function Try({ rule, webhook }: { rule?: Schema<"SafetyRuleCreate"> | null; webhook?: boolean }) {
  const { t } = useTranslation("safety");
  const [text, setText] = useState("");
  const [stage, setStage] = useState<"input" | "output">("input");
  const [asked] = useDebouncedValue(JSON.stringify({ text, stage, rule: rule ?? null }), WAIT_MS);
  const wanted = JSON.parse(asked) as Schema<"TryIt">;
  const tried = useQuery({
    queryKey: ["safety-try", asked], enabled: wanted.text !== "" && !webhook, placeholderData: keepPreviousData, retry: false, gcTime: 0,
    queryFn: ({ signal }) => ok(api.POST("/api/v1/safety-rules/try", { body: wanted, signal })),
  });
  const read = async (file: File | null) => {
    if (file) setText((await file.text()).slice(0, MOST));
  };
  if (webhook) return <Text size="sm" c="dimmed">{t("try.webhook")}</Text>;
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <SegmentedControl size="xs" aria-label={t("stage")} data={STAGES.map((value) => ({ value, label: t(`stages.${value}`) }))} value={stage} onChange={(next) => setStage(next as "input" | "output")} />
        <FileButton accept="text/*,.json,.md,.csv,.log" inputProps={{ "aria-label": t("try.file") }} onChange={(file) => void read(file)}>
          {(props) => <Button {...props} size="compact-sm" variant="default" leftSection={<IconFileText size={14} />}>{t("try.file")}</Button>}
        </FileButton>
      </Group>
      <Textarea label={t("try.text")} description={rule === undefined ? t("try.stored") : t("try.one")} placeholder={t("try.example")} autosize minRows={3} maxRows={12} maxLength={MOST} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      {tried.isError && text ? <ProblemText error={tried.error} /> : null}
      {tried.data && text && wanted.text ? <Answer text={wanted.text} tried={tried.data} /> : null}
    </Stack>
  );
}

function Answer({ text, tried }: { text: string; tried: Schema<"Tried"> }) {
  const { t } = useTranslation("safety");
  const kinds = new Map<string, Schema<"Finding">[]>();
  for (const one of tried.findings) kinds.set(`${one.rule} · ${one.kind}`, [...(kinds.get(`${one.rule} · ${one.kind}`) ?? []), one]);
  return (
    <Stack gap="xs" role="region" aria-label={t("try.result")} aria-live="polite">
      {tried.blocked_by ? (
        <Alert color="red" title={t("try.blocked", { rule: tried.blocked_by })}>{tried.message || t("try.noMessage")}</Alert>
      ) : tried.findings.length === 0 ? (
        <Status tone="good">{t("try.nothing")}</Status>
      ) : (
        <Group gap={6}>{[...kinds].map(([name, found]) => <Status key={name} tone={found[0]?.action === "mask" ? "warn" : "info"}>{t("try.found", { name, count: found.length })}</Status>)}</Group>
      )}
      {tried.findings.length > 0 ? (
        <Code block className="wrap" tabIndex={0} aria-label={t("try.where")} style={{ maxHeight: 220, overflow: "auto" }}>
          {pieces(text, tried.findings).map((one, at) =>
            one.found ? <mark key={at} title={`${one.found.rule} · ${one.found.kind}`} style={{ background: COLOUR[one.found.action], color: "inherit", borderRadius: 3 }}>{one.text}</mark> : one.text,
          )}
        </Code>
      ) : null}
      {tried.text !== null && tried.text !== text ? (
        <div>
          <Text size="xs" c="dimmed">{t("try.becomes")}</Text>
          <Code block className="wrap" tabIndex={0} aria-label={t("try.becomes")} style={{ maxHeight: 220, overflow: "auto" }}>{tried.text}</Code>
        </div>
      ) : null}
    </Stack>
  );
}
