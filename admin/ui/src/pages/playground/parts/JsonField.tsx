/** A JSON object as text: what cannot be read is said, and leaves the last good value as it is. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JsonObject } from "~/lib/protocols";
import { parse } from "~/lib/protocols/json";

type Props = { label: string; hint?: string; value: JsonObject | undefined; onChange: (value: JsonObject | undefined) => void; rows?: number };

export function JsonField({ label, hint, value, onChange, rows = 3 }: Props) {
  const { t } = useTranslation("playground");
  const [text, setText] = useState(() => (value ? JSON.stringify(value, null, 2) : ""));
  const wrong = text.trim() !== "" && parse(text) === undefined;
  return (
    <Textarea
      label={label} description={hint} autosize minRows={rows} maxRows={16} value={text} spellCheck={false} error={wrong ? t("json.wrong") : undefined}
      styles={{ input: { fontFamily: "var(--c-mono)" } }} placeholder="{}"
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const read = parse(next);
        if (read !== undefined || next.trim() === "") onChange(read);
      }}
    />
  );
}
