/** The working call: an answer through the gateway with the new key, and the same call as code. */
import { Alert, Button, Group, Paper, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { GATEWAY } from "~/api";
import { CodeSnippets } from "~/components/CodeSnippets";
import { durationText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { stream } from "./stream";
import { snippets } from "./snippets";

export function Answer({ secret, model }: { secret: string; model: string }) {
  const { t } = useTranslation("setup");
  const locale = useLocale();
  const [prompt, setPrompt] = useState(() => t("prompt"));
  const [answer, setAnswer] = useState("");
  const [first, setFirst] = useState(0);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    setWrong("");
    setAnswer("");
    setFirst(0);
    const began = performance.now();
    try {
      for await (const piece of stream(`${GATEWAY}/v1/chat/completions`, secret, model, prompt)) {
        setFirst((before) => before || performance.now() - began);
        setAnswer((before) => before + piece);
      }
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <form onSubmit={(event) => { event.preventDefault(); void ask(); }}>
        <Textarea label={t("ask", { model })} value={prompt} autosize minRows={2} autoFocus onChange={(event) => setPrompt(event.currentTarget.value)} />
        <Group justify="flex-end" mt="xs"><Button type="submit" loading={busy} disabled={!prompt.trim()}>{t("send")}</Button></Group>
      </form>
      {wrong ? <Alert color="red" role="alert" title={t("askFailed")}><Text size="sm" className="wrap">{wrong}</Text></Alert> : null}
      {answer ? (
        <Paper withBorder p="sm" aria-live="polite">
          <Text size="sm" className="wrap" data-testid="answer">{answer}</Text>
          <Text size="xs" c="dimmed" mt={4}>{t("firstToken", { time: durationText(first * 1000, locale) })}</Text>
        </Paper>
      ) : null}
      <Text size="sm" fw={500}>{t("code")}</Text>
      <CodeSnippets snippets={snippets(GATEWAY, model, prompt)} />
      <Group justify="flex-end"><Button component={Link} to="/" variant={answer ? "filled" : "default"}>{t("finish")}</Button></Group>
    </Stack>
  );
}
