/** The second step of a login: a code of the app, a recovery code, or a passkey. */
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, isProblem, ok, type Schema } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { getPasskey } from "~/lib/passkeys";

type Props = { step: Schema<"SecondStep">; onDone: (who: Schema<"SignedInAs">) => unknown; onBack: () => void };

export function SecondStep({ step, onDone, onBack }: Props) {
  const { t } = useTranslation("login");
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const during = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof DOMException)) setError(problem);
      if (isProblem(problem, "login-expired")) onBack();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void during(async () => onDone(await ok(api.POST("/api/v1/login/code", { body: { ticket: step.ticket, code: code.trim() } }))));
  };
  const passkey = () =>
    during(async () => {
      const { ticket, options } = await ok(api.POST("/api/v1/login/passkey/options", { body: { ticket: step.ticket } }));
      await onDone(await ok(api.POST("/api/v1/login/passkey", { body: { ticket, credential: await getPasskey(options) } })));
    });
  return (
    <Stack gap="sm">
      <Text size="sm">{recovery ? t("recoveryHint") : t("codeHint")}</Text>
      {error ? <ProblemText error={error} /> : null}
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            key={String(recovery)} label={recovery ? t("recoveryCode") : t("code")} value={code} autoFocus data-autofocus
            inputMode={recovery ? "text" : "numeric"} autoComplete="one-time-code" onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" loading={busy} disabled={code.trim().length < 6}>{t("confirm")}</Button>
        </Stack>
      </form>
      {step.methods.includes("passkey") ? (
        <Button variant="default" disabled={busy} leftSection={<IconFingerprint size={17} />} onClick={passkey}>{t("passkey")}</Button>
      ) : null}
      {step.methods.includes("recovery") ? (
        <Button variant="subtle" onClick={() => { setRecovery(!recovery); setCode(""); }}>{recovery ? t("useApp") : t("useRecovery")}</Button>
      ) : null}
      <Button variant="subtle" color="gray" onClick={onBack}>{t("back")}</Button>
    </Stack>
  );
}
