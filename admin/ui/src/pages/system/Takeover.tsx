/** How the data of a New API is taken over: a command, run where that database is within reach. */
import { Code, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Copy } from "~/components";
import { Box } from "./parts";

const COMMANDS = ["gateway import new-api --dsn sqlite:///one-api.db --dry-run --report report.jsonl", "gateway import new-api --dsn sqlite:///one-api.db"];

export function Takeover() {
  const { t } = useTranslation("system");
  return (
    <Box title={t("takeover.title")}>
      <Text size="sm" c="dimmed">{t("takeover.about")}</Text>
      {COMMANDS.map((command) => (
        <Group key={command} gap={4} wrap="nowrap" align="flex-start"><Code block className="wrap" style={{ flex: 1, minWidth: 0 }}>{command}</Code><Copy text={command} /></Group>
      ))}
      <Text size="sm" c="dimmed">{t("takeover.safe")}</Text>
    </Box>
  );
}
