/** The authenticator app: set up with a picture, proved with a code, and the codes for when the phone is lost. */
import { Box, Button, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Me, ok, type Schema } from "~/api";
import { ME } from "~/api/me";
import { confirm, Copy, SecretOnce, Status } from "~/components";
import { useAct } from "./act";
import { Section } from "./Section";

export function Totp({ me }: { me: Me }) {
  const { t } = useTranslation(["profile", "common"]);
  const queries = useQueryClient();
  const { act, busy } = useAct();
  const [setup, setSetup] = useState<Schema<"TotpSetup"> | null>(null);
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[]>([]);
  const refresh = () => queries.invalidateQueries({ queryKey: ME });

  const begin = () => act(async () => setSetup(await ok(api.POST("/api/v1/me/totp"))));
  const prove = () =>
    act(async () => {
      const made = await ok(api.POST("/api/v1/me/totp/confirm", { body: { code: code.trim() } }));
      setCodes(made.codes);
      setSetup(null);
      setCode("");
      await refresh();
    }, t("totp.on"));
  const renew = async () => {
    if (!(await confirm({ title: t("totp.renewTitle"), text: t("totp.renewText"), action: t("totp.renew") }))) return;
    await act(async () => {
      setCodes((await ok(api.POST("/api/v1/me/recovery-codes"))).codes);
      await refresh();
    });
  };
  const remove = async () => {
    if (!(await confirm({ title: t("totp.removeTitle"), text: t("totp.removeText"), action: t("totp.remove"), danger: true }))) return;
    await act(async () => {
      await api.DELETE("/api/v1/me/totp");
      setCodes([]);
      await refresh();
    }, t("totp.removed"));
  };

  const action = me.totp ? (
    <Group gap="xs">
      <Button variant="default" loading={busy} onClick={renew}>{t("totp.renew")}</Button>
      <Button variant="default" color="red" loading={busy} onClick={remove}>{t("totp.remove")}</Button>
    </Group>
  ) : setup ? null : <Button loading={busy} onClick={begin}>{t("totp.begin")}</Button>;
  return (
    <Section
      title={t("totp.title")} about={me.totp ? t("totp.left", { count: me.recovery_codes }) : t("totp.about")} action={action}
      badge={<Status tone={me.totp ? "good" : "idle"}>{t(me.totp ? "totp.stateOn" : "totp.stateOff")}</Status>}
    >
      {codes.length > 0 ? <SecretOnce secret={codes} name="recovery-codes" note={t("totp.codes")} /> : null}
      {setup ? (
        <form onSubmit={(event) => { event.preventDefault(); void prove(); }}>
          <Group align="flex-start" gap="lg">
            {/* The server draws it; as the source of a picture nothing in it can run. */}
            <Box bg="white" p={8} style={{ borderRadius: 4 }}><img src={`data:image/svg+xml,${encodeURIComponent(setup.qr_svg)}`} alt={t("totp.picture")} width={168} height={168} /></Box>
            <Stack gap="xs" flex="1 1 240px" miw={0}>
              <Text size="sm">{t("totp.scan")}</Text>
              <Group gap={4} wrap="nowrap"><Code className="wrap">{setup.secret}</Code><Copy text={setup.secret} label={t("totp.copy")} /></Group>
              <TextInput label={t("totp.code")} value={code} inputMode="numeric" autoComplete="one-time-code" maxLength={8} autoFocus maw={180} onChange={(event) => setCode(event.currentTarget.value)} />
              <Group gap="xs">
                <Button type="submit" loading={busy} disabled={code.trim().length < 6}>{t("totp.confirm")}</Button>
                <Button variant="default" onClick={() => setSetup(null)}>{t("common:cancel")}</Button>
              </Group>
            </Stack>
          </Group>
        </form>
      ) : null}
    </Section>
  );
}
