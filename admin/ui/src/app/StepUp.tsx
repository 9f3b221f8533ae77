/** Proving again who one is: authenticator app, passkey, or the password for accounts that have neither. */
import { Button, Loader, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconFingerprint } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { getPasskey } from "~/lib/passkeys";

export default function StepUp({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const methods = useQuery({ queryKey: ["step-up"], queryFn: () => ok(api.GET("/api/v1/me/step-up")), gcTime: 0 });
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const prove = async (proof: () => Promise<Schema<"StepUpIn">>) => {
    setBusy(true);
    setError(null);
    try {
      await ok(api.POST("/api/v1/me/step-up", { body: await proof() }));
      onDone();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const passkey = () =>
    prove(async () => {
      const { ticket, options } = await ok(api.POST("/api/v1/me/step-up/passkey"));
      return { ticket, credential: await getPasskey(options) };
    });
  if (methods.isPending) return <Loader />;
  const can = methods.data?.methods ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void prove(async () => (can.includes("totp") ? { code: text.trim() } : { password: text }));
  };
  return (
    <Stack gap="sm">
      {methods.isError ? <ProblemText error={methods.error} /> : null}
      {error ? <ProblemText error={error} /> : null}
      {can.includes("totp") || can.includes("password") ? (
        <form onSubmit={submit}>
          <Stack gap="xs">
            {can.includes("totp") ? (
              <TextInput label={t("stepUp.code")} value={text} inputMode="numeric" autoComplete="one-time-code" data-autofocus onChange={(event) => setText(event.currentTarget.value)} />
            ) : (
              <PasswordInput label={t("stepUp.password")} value={text} autoComplete="current-password" data-autofocus onChange={(event) => setText(event.currentTarget.value)} />
            )}
            <Button type="submit" loading={busy} disabled={!text}>{t("stepUp.confirm")}</Button>
          </Stack>
        </form>
      ) : null}
      {can.includes("passkey") ? (
        <Button variant="default" loading={busy} leftSection={<IconFingerprint size={17} />} onClick={passkey}>{t("stepUp.passkey")}</Button>
      ) : null}
      {methods.data && can.length === 0 ? <Text size="sm">{t("stepUp.none")}</Text> : null}
    </Stack>
  );
}
