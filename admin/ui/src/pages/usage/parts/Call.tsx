/** Such a request as code: the model, protocol and streaming of the record. What was said in it is not in the record. */
import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { GATEWAY, type Schema } from "~/api";
import { CodeSnippets } from "~/components";
import { PROTOCOLS, type ProtocolName, type Written } from "~/lib/protocols";
import { KEY_VARIABLE, snippet } from "~/lib/protocols/snippets";

const HELLO = "Hello";

export function written(model: string, protocol: string, operation: string, stream: boolean): { protocol: ProtocolName; request: Written } {
  const name: ProtocolName = protocol in PROTOCOLS ? (protocol as ProtocolName) : "chat";
  if (operation === "embeddings") return { protocol: "chat", request: { path: "v1/embeddings", headers: {}, body: { model, input: HELLO }, unused: [] } };
  return {
    protocol: name,
    request: PROTOCOLS[name].write({ model, system: "", turns: [{ role: "user", blocks: [{ type: "text", text: HELLO }] }], tools: [], settings: { stream, maxTokens: 256 } }),
  };
}

export function Call({ row }: { row: Schema<"UsageOut"> }) {
  const { t } = useTranslation("usage");
  const { protocol, request } = written(row.model, row.client_protocol, row.operation, row.stream);
  const root = `${GATEWAY}/`;
  const snippets = { curl: snippet("curl", protocol, request, root), ...(row.operation === "embeddings" ? {} : { Python: snippet("python", protocol, request, root) }), JavaScript: snippet("javascript", protocol, request, root) };
  return (
    <Stack gap="xs">
      <Text size="xs" c="dimmed">{t("call", { name: KEY_VARIABLE })}</Text>
      <CodeSnippets snippets={snippets} />
    </Stack>
  );
}
