/** Keys or organisations of a rule, by name; their values are ids. */
import { MultiSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok, pick } from "~/api";

type Kind = "key" | "organisation";
type Props = { kind: Kind; label: string; placeholder: string; value: string[]; onChange: (ids: string[]) => void; error?: React.ReactNode };
const NAMED = 30;

const nameOf = async (kind: Kind, id: string): Promise<{ value: string; label: string }> => {
  const found = kind === "key"
    ? await ok(api.GET("/api/v1/keys/{key}", { params: { path: { key: id } } }))
    : await ok(api.GET("/api/v1/organisations/{organisation}", { params: { path: { organisation: id } } }));
  return { value: id, label: found.name };
};

export function Things({ kind, label, placeholder, value, onChange, error }: Props) {
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text, 200);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const found = useQuery({ queryKey: ["pick", kind, asked], queryFn: () => pick(kind, "ref")(asked), enabled: asked.trim() !== "", placeholderData: keepPreviousData, retry: false });
  const unnamed = value.filter((id) => !(id in chosen)).slice(0, NAMED);
  const named = useQueries({ queries: unnamed.map((id) => ({ queryKey: ["name-of", kind, id], queryFn: () => nameOf(kind, id), staleTime: 300_000, retry: false })) });
  const labels: Record<string, string> = { ...chosen, ...Object.fromEntries(named.flatMap(({ data }) => (data ? [[data.value, data.label]] : []))) };
  const options = new Map([...value.map((id) => ({ value: id, label: labels[id] ?? `#${id}` })), ...(found.data ?? [])].map((one) => [one.value, one]));
  const change = (ids: string[]) => {
    setChosen((now) => ({ ...now, ...Object.fromEntries(ids.map((id) => [id, options.get(id)?.label ?? labels[id] ?? `#${id}`])) }));
    onChange(ids);
  };
  return (
    <MultiSelect
      label={label} placeholder={value.length === 0 ? placeholder : undefined} data={[...options.values()]} value={value} onChange={change} searchable searchValue={text} onSearchChange={setText}
      filter={({ options: all }) => all} comboboxProps={{ zIndex: 450 }} error={error}
    />
  );
}
