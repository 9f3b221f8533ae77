/** JSON as text: says at once where it is wrong, formats at will. Its value is the parsed object, undefined when it is none. */
import { Button, Group, Text, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

type Props = {
  label: string;
  description?: ReactNode;
  value: unknown;
  /** Called with what was parsed; with `bad` when the text is no JSON. */
  onChange: (value: unknown, bad: boolean) => void;
  error?: ReactNode;
  minRows?: number;
  placeholder?: string;
};

const shown = (value: unknown): string => (value === undefined || value === null ? "" : JSON.stringify(value, null, 2));

export function JsonEditor({ label, description, value, onChange, error, minRows = 6, placeholder }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => shown(value));
  const [wrong, setWrong] = useState("");
  const put = (next: string) => {
    setText(next);
    try {
      const parsed = next.trim() === "" ? null : JSON.parse(next);
      setWrong("");
      onChange(parsed, false);
    } catch (problem) {
      setWrong(problem instanceof Error ? problem.message : String(problem));
      onChange(undefined, true);
    }
  };
  const format = () => {
    try {
      setText(shown(JSON.parse(text)));
    } catch {
      // What is wrong with it stands below the field already.
    }
  };
  return (
    <div>
      <Textarea
        label={label} description={description} value={text} autosize minRows={minRows} maxRows={24} spellCheck={false} placeholder={placeholder}
        error={wrong ? `${t("form.json")} ${wrong}` : error} styles={{ input: { fontFamily: "var(--c-mono)", fontSize: "var(--mantine-font-size-xs)" } }}
        onChange={(event) => put(event.currentTarget.value)}
      />
      <Group justify="space-between" mt={4}>
        <Text size="xs" c="dimmed">JSON</Text>
        <Button size="compact-xs" variant="subtle" onClick={format} disabled={wrong !== "" || !text}>{t("form.format")}</Button>
      </Group>
    </div>
  );
}
