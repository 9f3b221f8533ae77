/** The rules that a channel may have, each with what it does; one that is chosen is begun in the text. */
import { Button, Menu, ScrollArea, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { BEGUN_NAMES, type Begun } from "./rules";

type Props = { present: string[]; disabled: boolean; onAdd: (name: Begun) => void };

export function RuleMenu({ present, disabled, onAdd }: Props) {
  const { t } = useTranslation(["channels", "common"]);
  return (
    <Menu position="bottom-start" width={360}>
      <Menu.Target><Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} disabled={disabled}>{t("rules.add")}</Button></Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={380}>
          {BEGUN_NAMES.map((name) => (
            <Menu.Item key={name} disabled={present.includes(name)} onClick={() => onAdd(name)}>
              <Text size="sm">{t(`rules.of.${name}`)}</Text>
              <Text size="xs" c="dimmed" ff="monospace">{name}</Text>
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
