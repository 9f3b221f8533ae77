/** A field whose options the server finds by what is typed; what is not found may be given as it is. */
import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

type Option = { value: string; label: string };
type Props = { label: string; value: string; search: (text: string) => Promise<Option[]>; onChange: (value: string) => void };

export function PickField({ label, value, search, onChange }: Props) {
  const [text, setText] = useState(value);
  const [asked] = useDebouncedValue(text, 200);
  const { data = [] } = useQuery({ queryKey: ["pick", label, asked], queryFn: () => search(asked), retry: false });
  const labels = [...new Map(data.map((one) => [one.label, one])).keys()];
  const give = (shown: string) => onChange(data.find((one) => one.label === shown)?.value ?? shown.trim());
  return (
    <form onSubmit={(event) => { event.preventDefault(); give(text); }}>
      <Autocomplete
        label={label} value={text} onChange={setText} data={labels} filter={({ options }) => options} onOptionSubmit={give}
        comboboxProps={{ withinPortal: false }} data-autofocus maxDropdownHeight={240}
      />
    </form>
  );
}
