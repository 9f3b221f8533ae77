/** Why something failed, in the person's language, with the request id and what to do. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import i18next from "i18next";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "~/api/problem";
import { Copy } from "./Copy";
import { worded } from "./sentence";

export type Described = { title: string; help: string; requestId: string };

const say = (key: string, values?: object): string => {
  const found = i18next.exists(`problems:${key}`) ? i18next.t(`problems:${key}` as never, values as never) : "";
  return String(found);
};

/** The words for an error. Their file is loaded when the first error is shown. */
export async function describe(error: unknown): Promise<Described> {
  await i18next.loadNamespaces(["problems", "sentences"]);
  return told(error);
}

function told(error: unknown): Described {
  if (!(error instanceof ApiProblem)) return { title: say("program.title"), help: say("program.help"), requestId: "" };
  const key = error.code && say(`${error.code}.title`) ? error.code : say(`${error.slug}.title`) ? error.slug : say(`status-${error.status}.title`) ? `status-${error.status}` : "other";
  const values = { ...error.params, seconds: error.retryAfter, status: error.status };
  // The server's own sentence says which object: where our words cannot, it stands behind them.
  const detail = ["conflict", "invalid", "not-found", "bad-request", "other"].includes(error.slug) || key === "other" ? worded({ code: error.code, params: error.params, text: error.detail }) : "";
  const help = say(`${key}.help`, values);
  return { title: say(`${key}.title`, values), help: [help, detail].filter(Boolean).join(" "), requestId: error.requestId };
}

export function ProblemText({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState<Described | null>(null);
  useEffect(() => {
    let here = true;
    void describe(error).then((found) => here && setText(found));
    return () => {
      here = false;
    };
  }, [error]);
  if (!text) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={text.title} role="alert">
      <Text size="sm">{text.help}</Text>
      <Group gap="xs" mt={6}>
        {retry ? <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={retry}>{t("retry")}</Button> : null}
        {text.requestId ? (
          <Group gap={2}>
            <Text size="xs" c="dimmed">{t("requestId")}</Text>
            <Text size="xs" ff="monospace">{text.requestId}</Text>
            <Copy text={text.requestId} />
          </Group>
        ) : null}
      </Group>
    </Alert>
  );
}
