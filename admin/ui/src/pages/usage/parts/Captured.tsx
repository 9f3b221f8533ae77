/** The captured bodies of a request. They are asked for when they are wanted: each look is audited. */
import { Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { Bytes, Copy, ProblemText, When } from "~/components";
import { bytesText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { findMedia, readable } from "../media/find";
import css from "../usage.module.css";
import { Media } from "./Media";

export function Captured({ id }: { id: string }) {
  const { t } = useTranslation("usage");
  const [wanted, setWanted] = useState(false);
  const found = useQuery({
    queryKey: ["captures", id], enabled: wanted, gcTime: 0, retry: false,
    queryFn: () => ok(api.GET("/api/v1/captures/{request_id}", { params: { path: { request_id: id } } })),
  });
  if (!wanted) {
    return <Stack gap="xs" align="flex-start"><Text size="sm">{t("capture.note")}</Text><Button variant="default" onClick={() => setWanted(true)}>{t("capture.show")}</Button></Stack>;
  }
  if (found.isError) return <ProblemText error={found.error} retry={() => found.refetch()} />;
  if (!found.data) return null;
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">{t("capture.until")} <When at={found.data.expires_at} absolute /></Text>
      <Body of="request" body={found.data.request} />
      <Body of="response" body={found.data.response} />
    </Stack>
  );
}

function Body({ of, body }: { of: "request" | "response"; body: Schema<"BodyOut"> }) {
  const { t } = useTranslation("usage");
  const locale = useLocale();
  const media = useMemo(() => findMedia(body), [body]);
  const text = useMemo(() => readable(body, (size) => t("capture.base64", { size: bytesText(size, locale) })), [body, locale, t]);
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Title order={3} size="h5">{t(`capture.${of}`)}</Title>
        <Text size="xs" c="dimmed">{body.content_type} · <Bytes bytes={body.size} />{body.cut ? ` · ${t("capture.cut")}` : ""}{body.redacted ? ` · ${t("capture.redacted", { count: body.redacted })}` : ""}</Text>
        <Copy text={body.text ?? body.base64 ?? ""} />
      </Group>
      {body.note ? <Text size="xs" c="dimmed">{body.note}</Text> : null}
      <Media found={media} of={of} />
      <Code block className={`wrap ${css.body}`} tabIndex={0}>{text}</Code>
    </Stack>
  );
}
