/** Choosing permissions: grouped, explained, found by typing. What the caller does not have cannot be given. */
import { Checkbox, Fieldset, Loader, Stack, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemText } from "~/components";
import { grouped, type Part, type Permission } from "../grouped";
import { useMeaning, usePermissions } from "./names";

/** `inside`: of an organisation, where some permissions mean nothing. */
type Props = { value: string[]; onChange: (names: string[]) => void; error: string; inside: boolean };

export function Choice({ value, onChange, error, inside }: Props) {
  const { t } = useTranslation("roles");
  const { list, error: wrong, givable } = usePermissions();
  const meaning = useMeaning();
  const [text, setText] = useState("");
  if (wrong) return <ProblemText error={wrong} />;
  if (!list) return <Loader size="sm" />;
  const put = (names: string[], on: boolean) => onChange((on ? [...new Set([...value, ...names])] : value.filter((name) => !names.includes(name))).sort());
  const asked = text.trim().toLowerCase();
  const fits = (one: Permission) => !asked || one.name.includes(asked) || meaning(one).toLowerCase().includes(asked);
  const useful = list.filter((one) => !(inside && one.gateway_only) || value.includes(one.name));
  const parts = grouped(useful.filter(fits));
  return (
    <Stack gap="sm">
      <TextInput label={t("permissionsTitle")} description={t("chosen", { count: value.length })} placeholder={t("find")} type="search" leftSection={<IconSearch size={15} />} value={text} onChange={(event) => setText(event.currentTarget.value)} error={error || undefined}
        onKeyDown={(event) => { if (event.key === "Enter") event.preventDefault(); }} />
      {parts.length === 0 ? <Text size="sm" c="dimmed">{t("nothing")}</Text> : null}
      {parts.map((part) => <Group key={part.theme} part={part} value={value} givable={givable} put={put} />)}
    </Stack>
  );
}

function Group({ part, value, givable, put }: { part: Part; value: string[]; givable: (name: string) => boolean; put: (names: string[], on: boolean) => void }) {
  const { t } = useTranslation("roles");
  const meaning = useMeaning();
  const names = part.permissions.map((one) => one.name).filter(givable);
  const on = names.filter((name) => value.includes(name)).length;
  const label = t(`themes.${part.theme}`);
  return (
    <Fieldset legend={label}>
      <Stack gap={6}>
        <Checkbox size="xs" fw={600} label={t("allOf", { theme: label })} disabled={names.length === 0} checked={names.length > 0 && on === names.length} indeterminate={on > 0 && on < names.length} onChange={() => put(names, on < names.length)} />
        {part.permissions.map((one) => (
          <Checkbox
            key={one.name} size="xs" disabled={!givable(one.name)} checked={value.includes(one.name)} onChange={(event) => put([one.name], event.currentTarget.checked)}
            label={<>{meaning(one)} <Text span size="xs" c="dimmed" ff="monospace">{one.name}</Text></>}
          />
        ))}
      </Stack>
    </Fieldset>
  );
}
