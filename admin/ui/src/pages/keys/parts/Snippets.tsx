/** A first call with a key, and how programs are pointed at the gateway with it: its value stays in an environment variable. */
import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { GATEWAY } from "~/api";
import { CodeSnippets } from "~/components";
import { PROTOCOLS } from "~/lib/protocols";
import { clients } from "~/lib/protocols/snippets/clients";
import { KEY_VARIABLE, snippet } from "~/lib/protocols/snippets";

export function Snippets({ model = "gpt-5-mini" }: { model?: string }) {
  const { t } = useTranslation("keys");
  const request = PROTOCOLS.chat.write({ model, system: "", turns: [{ role: "user", blocks: [{ type: "text", text: "Hello" }] }], tools: [], settings: { stream: true } });
  const root = `${GATEWAY}/`;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">{t("snippets", { name: KEY_VARIABLE })}</Text>
      <CodeSnippets snippets={{ curl: snippet("curl", "chat", request, root), Python: snippet("python", "chat", request, root), JavaScript: snippet("javascript", "chat", request, root), ...clients(GATEWAY, model) }} />
    </Stack>
  );
}
