/** What a list shows, narrowed as it is, as a file: the browser keeps it while it comes. */
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { GATEWAY } from "~/api";
import { readState } from "~/lib/listState";
import { queryOf } from "./state";
import type { Filter, ListFile } from "./types";

/** `more` is asked besides what the filters say. */
type Props = { label: string; path: string; filters: Filter[]; more?: Record<string, string> };
const FORMATS = { csv: "CSV", jsonl: "JSON Lines" };

/** A button with a name, for pages that are no list. */
export function ExportMenu({ label, path, filters, more }: Props) {
  const file = { path, asked: ({ sort: _, ...query }) => ({ ...query, ...more }) } satisfies ListFile;
  return (
    <Menu withinPortal position="bottom-end">
      <Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />}>{label}</Button></Menu.Target>
      <Formats file={file} filters={filters} sort="" />
    </Menu>
  );
}

/** The same in a list's tool bar. */
export function FileMenu({ file, filters, sort }: { file: ListFile; filters: Filter[]; sort: string }) {
  const { t } = useTranslation();
  return (
    <Menu withinPortal position="bottom-end">
      <Menu.Target>
        <Tooltip label={t("table.export")}><ActionIcon aria-label={t("table.export")}><IconDownload size={17} /></ActionIcon></Tooltip>
      </Menu.Target>
      <Formats file={file} filters={filters} sort={sort} />
    </Menu>
  );
}

function Formats({ file, filters, sort }: { file: ListFile; filters: Filter[]; sort: string }) {
  const [url] = useSearchParams();
  const save = (format: string) => {
    const { limit: _, cursor: __, ...query } = queryOf(readState(url, filters.map((one) => one.name), sort), filters);
    const asked = Object.entries(file.asked?.(query) ?? query).filter(([, value]) => value !== undefined);
    const link = document.createElement("a");
    link.href = `${GATEWAY}${file.path}?${new URLSearchParams({ format, ...Object.fromEntries(asked.map(([name, value]) => [name, String(value)])) })}`;
    link.download = "";
    link.click();
  };
  return (
    <Menu.Dropdown>
      {Object.entries(FORMATS).map(([format, name]) => <Menu.Item key={format} onClick={() => save(format)}>{name}</Menu.Item>)}
    </Menu.Dropdown>
  );
}
