/** A time range: the last so long, or from one time to another. */
import { Button, Group, Stack } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const LAST = ["15m", "1h", "6h", "24h", "7d", "30d", "90d"] as const;

export default function RangeField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [from = "", to = ""] = value.includes("~") ? value.split("~") : [];
  const [begin, setBegin] = useState<string | null>(from ? dayjs(from).format("YYYY-MM-DD HH:mm:ss") : null);
  const [end, setEnd] = useState<string | null>(to ? dayjs(to).format("YYYY-MM-DD HH:mm:ss") : null);
  const iso = (at: string | null) => (at ? dayjs(at).toISOString() : "");
  return (
    <Stack gap="xs" role="group" aria-label={label} maw={280}>
      <Group gap={4}>
        {LAST.map((one) => (
          <Button key={one} size="compact-sm" variant={one === value ? "filled" : "default"} onClick={() => onChange(one)}>{one}</Button>
        ))}
      </Group>
      <DateTimePicker size="xs" label={t("from")} value={begin} onChange={setBegin} clearable popoverProps={{ withinPortal: false }} />
      <DateTimePicker size="xs" label={t("until")} value={end} onChange={setEnd} clearable popoverProps={{ withinPortal: false }} />
      <Button onClick={() => onChange(begin || end ? `${iso(begin)}~${iso(end)}` : "")}>{t("apply")}</Button>
    </Stack>
  );
}
