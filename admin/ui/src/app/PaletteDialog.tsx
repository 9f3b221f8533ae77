/** The command palette's dialog: a field and a list, by keyboard or pointer. */
import { Loader, Modal, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useCan } from "~/api";
import { find } from "./find";
import { actions, navKey } from "./areas";
import { useNavigationEntries } from "./Nav";

type Entry = { key: string; label: string; group: string; about?: string; words?: string; to: string };
const LEAST = 2;

export default function PaletteDialog({ close }: { close: () => void }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const pages = useNavigationEntries();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [asked] = useDebouncedValue(text.trim(), 150);
  const things = useQuery({ queryKey: ["palette", asked, i18n.language], queryFn: ({ signal }) => find(asked, can("settings.read", "all"), signal), enabled: asked.length >= LEAST, staleTime: 30_000 });

  const words = text.trim().toLowerCase();
  const say = (label: string) => t(navKey(label) as never) as string;
  const own: Entry[] = [
    ...pages.map((page) => ({ key: `page:${page.to}`, label: say(page.label), group: t("palette.pages"), to: page.to, words: "" })),
    ...actions
      .filter((action) => !action.needs || can(action.needs, action.reach))
      .map((action) => ({ key: `action:${action.label}`, label: say(action.label), group: t("palette.actions"), to: action.to, words: action.words ?? "" })),
  ].filter((entry) => `${entry.label} ${entry.to} ${entry.words ?? ""}`.toLowerCase().includes(words));
  const other: Entry[] = asked.length < LEAST ? [] : (things.data ?? []).map((one) => ({ ...one, group: t(`palette.${one.kind}`) }));
  const entries = [...own, ...other];
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    navigate(entry.to);
  };
  const press = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by) {
      event.preventDefault();
      const next = (at + by + entries.length) % Math.max(1, entries.length);
      setAt(next);
      document.getElementById(`palette-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") go(entries[at]);
  };
  return (
    <Modal opened onClose={close} withCloseButton={false} padding={0} yOffset="12vh" size={560} centered={false} transitionProps={{ duration: 0 }} attributes={{ content: { "aria-label": t("palette.title") } }}>
      <div className="palette-field">
        <IconSearch size={17} aria-hidden />
        <input
          role="combobox" aria-expanded aria-controls="palette-list" aria-activedescendant={entries.length ? `palette-${at}` : undefined} aria-label={t("palette.title")}
          placeholder={t("palette.hint")} value={text} data-autofocus onChange={(event) => { setText(event.target.value); setAt(0); }} onKeyDown={press}
        />
        {things.isFetching ? <Loader size={14} /> : null}
      </div>
      {entries.length === 0 ? <Text size="sm" c="dimmed" ta="center" p="md" role="status">{t("palette.nothing")}</Text> : null}
      <div role="listbox" id="palette-list" aria-label={t("palette.title")} className="palette-list" tabIndex={-1}>
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keyboard
          // biome-ignore lint/a11y/useFocusableInteractive: the field has the keyboard
          <div key={entry.key} id={`palette-${index}`} role="option" aria-selected={index === at} onClick={() => go(entry)} onPointerMove={() => setAt(index)}>
            <span className="palette-label">{entry.label}{entry.about ? <Text span size="xs" c="dimmed"> {entry.about}</Text> : null}</span>
            <Text span size="xs" c="dimmed">{entry.group}</Text>
          </div>
        ))}
      </div>
    </Modal>
  );
}
