/** Which columns are shown, and saved views: name what is filtered and sorted, and come back to it. */
import { ActionIcon, Button, Checkbox, Group, Popover, Select, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconBookmark, IconColumns3, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { failed } from "../toast";
import { useCan } from "~/api";
import { useViews, type View } from "./prefs";

export function ColumnMenu({ columns, hidden, onChange }: { columns: { key: string; title: string }[]; hidden: string[]; onChange: (hidden: string[]) => void }) {
  const { t } = useTranslation();
  const flip = (key: string) => onChange(hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key]);
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t("table.columns")}><ActionIcon aria-label={t("table.columns")}><IconColumns3 size={17} /></ActionIcon></Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t("table.columns")}>
        <Stack gap={6}>
          {columns.map((column, index) => (
            <Checkbox key={column.key} size="xs" label={column.title} disabled={index === 0} checked={!hidden.includes(column.key)} onChange={() => flip(column.key)} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

type Props = { id: string; now: string; onOpen: (query: string) => void };

export function ViewMenu({ id, now, onOpen }: Props) {
  const { t } = useTranslation();
  const can = useCan();
  const [opened, setOpened] = useState(false);
  const { views, add, remove } = useViews(id, opened);
  const [name, setName] = useState("");
  const [shared, setShared] = useState<View["shared"]>("no");
  const [naming, setNaming] = useState(false);
  const during = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
  };
  const save = () =>
    during(async () => {
      await add(name.trim(), now, shared);
      setName("");
      setNaming(false);
    });
  const reaches = (["no", "organisation", "everybody"] as const).filter((one) => one !== "everybody" || can("announcements.write", "all"));
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t("table.views")}><ActionIcon aria-label={t("table.views")} onClick={() => setOpened(!opened)}><IconBookmark size={17} /></ActionIcon></Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs" w={280} aria-label={t("table.views")}>
        <Stack gap={4}>
          {views.length === 0 ? <Text size="xs" c="dimmed">{t("table.noViews")}</Text> : null}
          {views.map((view) => (
            <Group key={view.id} gap={4} wrap="nowrap" justify="space-between">
              <Button size="compact-sm" variant={view.query === now ? "light" : "subtle"} color="gray" justify="flex-start" flex={1} miw={0} onClick={() => { onOpen(view.query); setOpened(false); }}>
                {view.name}{view.own ? "" : ` · ${t(`table.shares.${view.shared}`)}`}
              </Button>
              {view.own ? <ActionIcon size="sm" aria-label={t("table.removeView", { name: view.name })} onClick={() => during(() => remove(view))}><IconTrash size={14} /></ActionIcon> : null}
            </Group>
          ))}
          {naming ? (
            <form onSubmit={(event) => { event.preventDefault(); if (name.trim()) void save(); }}>
              <Stack gap={6}>
                <TextInput label={t("table.viewName")} value={name} maxLength={64} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
                <Select label={t("table.share")} allowDeselect={false} data={reaches.map((value) => ({ value, label: t(`table.shares.${value}`) }))} value={shared}
                  onChange={(value) => setShared(value as View["shared"])} comboboxProps={{ withinPortal: false }} />
                <Button type="submit" disabled={!name.trim()}>{t("save")}</Button>
              </Stack>
            </form>
          ) : (
            <Button size="compact-sm" variant="default" onClick={() => setNaming(true)}>{t("table.saveView")}</Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
