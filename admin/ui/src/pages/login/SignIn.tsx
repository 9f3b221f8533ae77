/** Signing in, for the page and for the dialog over a page: password, second step, passkey, accounts elsewhere. */
import { Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconExternalLink, IconFingerprint } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, GATEWAY, ok, type Schema } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { getPasskey, hasPasskeys } from "~/lib/passkeys";
import { SecondStep } from "./SecondStep";
import { Turnstile } from "./Turnstile";
import { useIdentity } from "./identity";

type Props = { onDone: (who: Schema<"SignedInAs">) => unknown; dialog?: boolean; next?: string };

export default function SignIn({ onDone, dialog, next }: Props) {
  const { t } = useTranslation("login");
  const identity = useIdentity();
  const ways = useQuery({ queryKey: ["sso"], queryFn: () => ok(api.GET("/api/v1/sso")), staleTime: 300_000 });
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [human, setHuman] = useState("");
  const [second, setSecond] = useState<Schema<"SecondStep"> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const during = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (problem) {
      // Somebody who closes the browser's own dialog has decided so.
      if (!(problem instanceof DOMException)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void during(async () => {
      const answer = await ok(api.POST("/api/v1/login", { body: { login: login.trim(), password, turnstile: human } }));
      if (answer.signed_in) await onDone(answer.signed_in);
      else if (answer.second_step) setSecond(answer.second_step);
    });
  };
  const passkey = () =>
    during(async () => {
      const { ticket, options } = await ok(api.POST("/api/v1/login/passkey/options", { body: {} }));
      await onDone(await ok(api.POST("/api/v1/login/passkey", { body: { ticket, credential: await getPasskey(options) } })));
    });

  if (second) return <SecondStep step={second} onDone={onDone} onBack={() => setSecond(null)} />;
  const elsewhere = ways.data?.items ?? [];
  const byPasskey = identity.passkeys && hasPasskeys();
  return (
    <Stack gap="sm">
      {error ? <ProblemText error={error} /> : null}
      {identity.passwordLogin ? (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput label={t("name")} value={login} autoComplete="username webauthn" required withAsterisk={false} data-autofocus autoFocus={!dialog} onChange={(event) => setLogin(event.currentTarget.value)} />
            <PasswordInput
              label={t("password")} value={password} autoComplete="current-password" required withAsterisk={false} onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ "aria-label": t("showPassword") }}
            />
            <Turnstile where="login" onToken={setHuman} />
            <Button type="submit" loading={busy} fullWidth>{t("signIn")}</Button>
          </Stack>
        </form>
      ) : null}
      {identity.passwordLogin && (byPasskey || elsewhere.length > 0) ? <Divider label={t("or")} /> : null}
      {byPasskey ? <Button variant="default" fullWidth disabled={busy} leftSection={<IconFingerprint size={17} />} onClick={passkey}>{t("passkey")}</Button> : null}
      {elsewhere.map((way) => (
        <Button
          key={way.slug} component="a" variant="default" fullWidth leftSection={<IconExternalLink size={16} />} target={dialog ? "_blank" : undefined}
          href={`${GATEWAY}${way.start}${next ? `?next=${encodeURIComponent(next)}` : ""}`}
        >
          {t("with", { name: way.title })}
        </Button>
      ))}
    </Stack>
  );
}
