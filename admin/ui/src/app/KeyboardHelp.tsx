/** The keys that work, at "?". */
import { Modal, Table } from "@mantine/core";
import { createStore, useStore } from "./opened";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { isTyping } from "~/lib/hooks";

const store = createStore();
export const openKeyboardHelp = (): void => store.set(true);

const KEYS = [
  ["Ctrl K", "palette"], ["?", "help"], ["/", "search"], ["j  k", "move"], ["Enter", "open"], ["x", "choose"], ["Esc", "close"], ["Ctrl S", "save"],
] as const;

export function KeyboardHelp() {
  const { t } = useTranslation();
  const opened = useStore(store);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === "?" && !isTyping(event) && !event.ctrlKey && !event.metaKey) store.set(true);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <Modal opened={opened} onClose={() => store.set(false)} title={t("account.keyboard")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table>
        <Table.Tbody>
          {KEYS.map(([key, name]) => (
            <Table.Tr key={name}><Table.Th w={100}><kbd>{key}</kbd></Table.Th><Table.Td>{t(`keys.${name}`)}</Table.Td></Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
