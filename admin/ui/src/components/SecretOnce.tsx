/** A secret that is shown this one time: copy it, keep it as a file. It is never put into a URL, storage or a log. */
import { Alert, Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload, IconKey } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { saveText } from "~/lib/files";

export function SecretOnce({ secret, name, note }: { secret: string | string[]; name: string; note?: string }) {
  const { t } = useTranslation();
  const text = Array.isArray(secret) ? secret.join("\n") : secret;
  return (
    <Alert color="yellow" icon={<IconKey />} title={t("secret.title")}>
      <Stack gap="xs">
        <Text size="sm">{note ?? t("secret.note")}</Text>
        <Code block className="wrap" data-testid="secret">{text}</Code>
        <Group gap="xs">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy} leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}>
                {copied ? t("copied") : t("copy")}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" leftSection={<IconDownload size={15} />} onClick={() => saveText(`${name}.txt`, `${text}\n`)}>
            {t("download")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
