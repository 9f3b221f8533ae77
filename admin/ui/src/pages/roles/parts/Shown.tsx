/** What a role permits, to read. */
import { List, Loader, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemText } from "~/components";
import { grouped } from "../grouped";
import { useMeaning, usePermissions } from "./names";

export function Shown({ names }: { names: string[] }) {
  const { t } = useTranslation("roles");
  const { list, error } = usePermissions();
  const meaning = useMeaning();
  if (error) return <ProblemText error={error} />;
  if (!list) return <Loader size="sm" />;
  if (names.length === 0) return <Text size="sm">{t("ownOnly")}</Text>;
  return (
    <Stack gap="sm">
      {grouped(list.filter((one) => names.includes(one.name))).map((part) => (
        <div key={part.theme}>
          <Title order={3} size="h5" mb={4}>{t(`themes.${part.theme}`)}</Title>
          <List size="sm" spacing={2}>
            {part.permissions.map((one) => <List.Item key={one.name}>{meaning(one)} <Text span size="xs" c="dimmed" ff="monospace">{one.name}</Text></List.Item>)}
          </List>
        </div>
      ))}
    </Stack>
  );
}
