/** One's invitation code: the link to pass on, and what it brought. */
import { Code, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, CONSOLE, ok } from "~/api";
import { Copy, InUsd, ProblemText } from "~/components";
import { percentText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { moneyText } from "~/lib/money";
import { Box } from "./Overview";

export function Invite() {
  const { t } = useTranslation("wallet");
  const locale = useLocale();
  const found = useQuery({ queryKey: ["wallet", "affiliate"], queryFn: ({ signal }) => ok(api.GET("/api/v1/me/affiliate", { signal })) });
  if (found.isError) return <ProblemText error={found.error} />;
  if (!found.data) return <div aria-busy="true" />;
  const one = found.data;
  const link = new URL(`register?aff=${encodeURIComponent(one.code)}`, CONSOLE).href;
  const gains = [
    one.inviter_nano > 0 ? t("invite.inviter", { amount: moneyText(one.inviter_nano, locale) }) : "",
    one.invitee_nano > 0 ? t("invite.invitee", { amount: moneyText(one.invitee_nano, locale) }) : "",
    one.share_millionths > 0 ? t("invite.share", { share: percentText(one.share_millionths / 1e6, locale) }) : "",
  ].filter(Boolean);
  return (
    <Box title={t("invite.title")}>
      <Stack gap="xs">
        <Text size="sm" c="dimmed"><InUsd of={[one.inviter_nano || null, one.invitee_nano || null]}>{gains.length > 0 ? gains.join(" ") : t("invite.nothing")}</InUsd></Text>
        <Group gap={4} wrap="nowrap"><Code className="wrap">{link}</Code><Copy text={link} label={t("invite.copy")} /></Group>
        <Text size="sm">{t("invite.brought", { count: one.brought })}</Text>
      </Stack>
    </Box>
  );
}
