/** One code beside the list; the code itself only after a second check, which the audit log keeps. */
import { Button, Stack, Text } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { failed, Money, SecretOnce, When } from "~/components";
import { nanoOf } from "~/lib/money";

export function Shown({ row, may }: { row: Schema<"CodeOut">; may: boolean }) {
  const { t } = useTranslation("codes");
  const [code, setCode] = useState("");
  const reveal = async () => {
    try {
      setCode((await ok(api.POST("/api/v1/redemption-codes/{code}/reveal", { params: { path: { code: row.id } } }))).code);
    } catch (error) {
      failed(error);
    }
  };
  const facts = [
    [t("credit"), <Money key="credit" nano={nanoOf(row.credit)} exact />], [t("state"), t(`states.${row.state}`)], [t("batch"), row.batch], [t("actor"), row.actor],
    [t("created"), <When key="created" at={row.created_at} absolute />], [t("expires"), <When key="expires" at={row.expires_at} absolute />],
    [t("redeemedBy"), row.redeemed_by_name ?? "—"], [t("redeemedAt"), <When key="redeemed" at={row.redeemed_at} absolute />],
  ] as const;
  return (
    <Stack gap="sm">
      <dl className="card-lines">
        {facts.map(([label, value]) => <div key={label}><Text component="dt" size="xs" c="dimmed">{label}</Text><dd>{value}</dd></div>)}
      </dl>
      {code ? <SecretOnce secret={code} name={`code-${row.id}`} note={t("revealed")} /> : null}
      {may && !code && row.state === "available" ? <div><Button variant="default" leftSection={<IconEye size={16} />} onClick={() => void reveal()}>{t("reveal")}</Button></div> : null}
    </Stack>
  );
}
