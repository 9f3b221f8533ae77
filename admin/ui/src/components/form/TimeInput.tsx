/** A field for a time: shown in the person's own time zone, kept as ISO 8601 in UTC, null when it is empty. Load it lazily. */
import { DateTimePicker, type DateTimePickerProps } from "@mantine/dates";
import "@mantine/dates/styles.css";
import dayjs from "dayjs";

type Props = Omit<DateTimePickerProps, "value" | "onChange"> & { value?: string | null; onChange?: (value: string | null) => void };

export default function TimeInput({ value, onChange, ...rest }: Props) {
  return (
    <DateTimePicker
      size="xs" clearable valueFormat="YYYY-MM-DD HH:mm" {...rest} value={value ? dayjs(value).format("YYYY-MM-DD HH:mm:ss") : null}
      onChange={(next) => onChange?.(next ? dayjs(next).toISOString() : null)}
    />
  );
}
