/** The model waits for its tools: the user plays them. What was answered last for a tool is offered again. */
import { Button, Checkbox, Group, Stack, Text, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CallBlock } from "~/lib/protocols";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { giveResults } from "../state/edits";

/** Tool -> its last answer, as long as the page is open. */
const remembered = new Map<string, string>();

export function ToolResults({ calls, lane }: { calls: CallBlock[]; lane: string }) {
  const { t } = useTranslation("playground");
  const { playground, ask } = useShared();
  const [texts, setTexts] = useState(() => calls.map((call) => remembered.get(call.name) ?? ""));
  const [errors, setErrors] = useState<boolean[]>(() => calls.map(() => false));
  const give = () => {
    const results = calls.map((call, at) => {
      const text = texts[at] ?? "";
      remembered.set(call.name, text);
      return { type: "result" as const, id: call.id, name: call.name, text, ...(errors[at] && { isError: true }) };
    });
    playground.change((talk) => giveResults(talk, lane, results));
    ask([lane]);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    give();
  };
  return (
    <Stack gap={8} className={styles.results} data-testid="tool-results">
      <Text size="sm" fw={600}>{t("result.ask", { count: calls.length })}</Text>
      {calls.map((call, at) => (
        <div key={call.id}>
          <Textarea
            label={call.name} autosize minRows={2} maxRows={10} value={texts[at]} onKeyDown={key} placeholder={t("result.placeholder")} ff="monospace"
            onChange={(event) => setTexts(texts.with(at, event.currentTarget.value))}
          />
          <Checkbox size="xs" mt={4} label={t("result.isError")} checked={errors[at] ?? false} onChange={(event) => setErrors(errors.with(at, event.currentTarget.checked))} />
        </div>
      ))}
      <Group justify="flex-end"><Button size="compact-sm" onClick={give}>{t("result.send")}</Button></Group>
    </Stack>
  );
}
