/** Making an account: by invitation, for everybody, or for addresses of some domains, as the gateway is set. */
import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, isProblem, ok } from "~/api";
import { fieldText } from "~/components/form/fieldText";
import { ProblemText } from "~/components/ProblemText";
import { Door } from "./Door";
import { useIdentity } from "./identity";
import { Turnstile } from "./Turnstile";

export default function Register() {
  const { t } = useTranslation("login");
  return (
    <Door title={t("registerTitle")} foot={<Anchor component={Link} to="/login" size="sm">{t("haveAccount")}</Anchor>}>
      <Form />
    </Door>
  );
}

function Form() {
  const { t, i18n } = useTranslation("login");
  const [url] = useSearchParams();
  const navigate = useNavigate();
  const identity = useIdentity();
  const invitation = url.get("invitation");
  const affiliate = url.get("affiliate") ?? url.get("aff");
  const [name, setName] = useState("");
  const [email, setEmail] = useState(url.get("email") ?? "");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [human, setHuman] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [fields, setFields] = useState<Record<string, string>>({});
  const prove = identity.verifyEmail && !invitation;

  const during = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    setFields({});
    try {
      await work();
    } catch (error) {
      setProblem(error);
      if (isProblem(error)) {
        const texts = await Promise.all(Object.entries(error.byField()).map(async ([key, text]) => [key, await fieldText(text)]));
        setFields(Object.fromEntries(texts));
        if (texts.length > 0) setProblem(null);
      }
    } finally {
      setBusy(false);
    }
  };
  const send = () =>
    during(async () => {
      await ok(api.POST("/api/v1/register/email", { body: { email, turnstile: human, invitation } }));
      setSent(true);
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void during(async () => {
      const body = { name, password, email: email || null, code: code || null, invitation, affiliate, language: i18n.language, turnstile: human };
      await ok(api.POST("/api/v1/register", { body }));
      navigate("/", { replace: true });
    });
  };
  if (identity.registration === "off" && !invitation) return <Text size="sm">{t("registrationOff")}</Text>;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {problem ? <ProblemText error={problem} /> : null}
        {invitation ? <Text size="sm">{t("invited")}</Text> : null}
        {identity.registration === "invite" && !invitation ? <Text size="sm">{t("inviteOnly")}</Text> : null}
        <TextInput label={t("accountName")} value={name} autoComplete="username" required withAsterisk={false} autoFocus error={fields.name} onChange={(event) => setName(event.currentTarget.value)} />
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <TextInput flex={1} type="email" label={t("email")} value={email} autoComplete="email" required={prove} withAsterisk={false} error={fields.email} onChange={(event) => setEmail(event.currentTarget.value)} />
          {prove ? <Button variant="default" disabled={!email || busy} onClick={send}>{t(sent ? "sendAgain" : "sendCode")}</Button> : null}
        </Group>
        {sent ? <Text size="xs" c="dimmed" role="status">{t("codeSent")}</Text> : null}
        {prove ? <TextInput label={t("emailCode")} value={code} inputMode="numeric" autoComplete="one-time-code" required withAsterisk={false} error={fields.code} onChange={(event) => setCode(event.currentTarget.value)} /> : null}
        <PasswordInput
          label={t("password")} description={t("passwordHint", { count: identity.passwordLength })} value={password} autoComplete="new-password" required withAsterisk={false}
          minLength={identity.passwordLength} error={fields.password} onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showPassword") }}
        />
        <Turnstile where="register" onToken={setHuman} />
        <Button type="submit" loading={busy}>{t("createAccount")}</Button>
      </Stack>
    </form>
  );
}
