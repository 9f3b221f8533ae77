/** Multipliers by the group of the key that is used: a line for each. */
import { ActionIcon, Button, Fieldset, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export type Pair = [group: string, ratio: string];

export function Pairs({ value, onChange }: { value: Pair[]; onChange: (value: Pair[]) => void }) {
  const { t } = useTranslation("groups");
  const put = (at: number, pair: Pair) => onChange(value.map((one, place) => (place === at ? pair : one)));
  return (
    <Fieldset legend={t("used")}>
      <Stack gap="xs">
        {value.map(([group, ratio], at) => (
          <Group key={at} gap="xs" wrap="nowrap">
            <TextInput flex={1} aria-label={t("usedGroup")} placeholder={t("usedGroup")} value={group} onChange={(event) => put(at, [event.currentTarget.value, ratio])} />
            <TextInput w={110} aria-label={t("ratio")} inputMode="decimal" value={ratio} onChange={(event) => put(at, [group, event.currentTarget.value])} />
            <ActionIcon aria-label={t("dropLine")} onClick={() => onChange(value.filter((_, place) => place !== at))}><IconTrash size={16} /></ActionIcon>
          </Group>
        ))}
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...value, ["", "1"]])}>{t("addLine")}</Button>
      </Stack>
    </Fieldset>
  );
}
