/** Filters as small buttons that say what they hold; each opens its field. */
import { Button, CloseButton, Group, Menu, Popover, Select, Stack, TextInput } from "@mantine/core";
import { IconFilterPlus, IconPlus } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { dateTimeText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { PickField } from "./PickField";
import type { Filter } from "./types";

const RangeField = lazy(() => import("./RangeField"));
type Props = { filters: Filter[]; values: Record<string, string>; onChange: (name: string, value: string) => void };

export function Filters({ filters, values, onChange }: Props) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<string[]>([]);
  const waiting = filters.filter((filter) => filter.rare && !values[filter.name] && !wanted.includes(filter.name));
  return (
    <>
      {filters.filter((filter) => !waiting.includes(filter)).map((filter) => (
        <One key={filter.name} filter={filter} value={values[filter.name] ?? ""} onChange={(value) => onChange(filter.name, value)} first={wanted.at(-1) === filter.name} />
      ))}
      {waiting.length > 0 ? (
        <Menu withinPortal position="bottom-start" returnFocus={false}>
          <Menu.Target><Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconFilterPlus size={14} />}>{t("shell.more")}</Button></Menu.Target>
          <Menu.Dropdown>
            {waiting.map((filter) => <Menu.Item key={filter.name} onClick={() => setWanted([...wanted, filter.name])}>{filter.label}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </>
  );
}

function One({ filter, value, onChange, first }: { filter: Filter; value: string; onChange: (value: string) => void; first: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(first);
  const shown = useShown(filter, value);
  const put = (next: string, stay = false) => {
    onChange(next);
    if (!stay) setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Group gap={0} className="filter" data-on={value ? true : undefined} wrap="nowrap">
        <Popover.Target>
          <Button
            size="compact-sm" variant="subtle" color="gray" onClick={() => setOpen(!open)}
            leftSection={value ? null : <IconPlus size={13} />}
          >
            {value ? <span className="cut">{filter.label}: <b>{shown}</b></span> : filter.label}
          </Button>
        </Popover.Target>
        {value ? <CloseButton size="sm" aria-label={t("table.removeFilter", { name: filter.label })} onClick={() => put("")} /> : null}
      </Group>
      <Popover.Dropdown p="xs" aria-label={filter.label}>
        <Stack gap={4} miw={200}>
          <Field filter={filter} value={value} put={put} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function useShown(filter: Filter, value: string): string {
  const { t } = useTranslation();
  const locale = useLocale();
  if (filter.type === "choice") return filter.options.find((option) => option.value === value)?.label ?? value;
  if (filter.type === "flag") return t(value === "true" ? "yes" : "no");
  if (filter.type !== "range" || !value.includes("~")) return value;
  return value.split("~").map((at) => (at ? dateTimeText(new Date(at), locale) : "…")).join(" – ");
}

function Field({ filter, value, put }: { filter: Filter; value: string; put: (value: string, stay?: boolean) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  if (filter.type === "choice" || filter.type === "flag") {
    const options = filter.type === "choice" ? filter.options : [{ value: "true", label: t("yes") }, { value: "false", label: t("no") }];
    return (
      <Select
        label={filter.label} data={options} value={value || null} onChange={(next) => put(next ?? "")} clearable
        searchable={options.length > 8} comboboxProps={{ withinPortal: false }} data-autofocus
      />
    );
  }
  if (filter.type === "pick") return <PickField label={filter.label} value={value} search={filter.search} onChange={put} />;
  if (filter.type === "range") return <Suspense><RangeField label={filter.label} value={value} onChange={put} /></Suspense>;
  return (
    <form onSubmit={(event) => { event.preventDefault(); put(text.trim()); }}>
      <Group gap={4} align="flex-end" wrap="nowrap">
        <TextInput
          label={filter.label} value={text} inputMode={filter.type === "number" ? "numeric" : undefined}
          onChange={(event) => setText(event.currentTarget.value)} data-autofocus
        />
        <Button type="submit">{t("apply")}</Button>
      </Group>
    </form>
  );
}
