/** What form the answer must have: words, JSON, JSON of a schema. */
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Format } from "~/lib/protocols";
import styles from "../playground.module.css";
import { JsonField } from "./JsonField";

const EXAMPLE = { type: "object", properties: { answer: { type: "string" } }, required: ["answer"], additionalProperties: false };

export function FormatFields({ format, onChange }: { format: Format | undefined; onChange: (format: Format | undefined) => void }) {
  const { t } = useTranslation("playground");
  const choose = (kind: string | null) => {
    if (kind === "json") onChange({ kind });
    else if (kind === "schema") onChange({ kind, name: "answer", schema: EXAMPLE });
    else onChange(undefined);
  };
  return (
    <div className={styles.whole}>
      <Select
        label={t("setting.format")} value={format?.kind ?? "text"} allowDeselect={false} onChange={choose}
        data={(["text", "json", "schema"] as const).map((value) => ({ value, label: t(`format.${value}`) }))}
      />
      {format?.kind === "schema" ? (
        <JsonField label={t("format.schemaLabel")} value={format.schema} rows={6} onChange={(schema) => onChange({ ...format, schema: schema ?? {} })} />
      ) : null}
    </div>
  );
}
