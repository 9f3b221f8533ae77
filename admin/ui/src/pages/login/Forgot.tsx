/** Asking for the mail with which a new password is chosen. The answer is the same for every address. */
import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { Door } from "./Door";
import { Turnstile } from "./Turnstile";

export default function Forgot() {
  const { t } = useTranslation("login");
  const [email, setEmail] = useState("");
  const [human, setHuman] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await ok(api.POST("/api/v1/password-reset", { body: { email, turnstile: human } }));
      setSent(true);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Door title={t("forgotTitle")} about={t("forgotText")} foot={<Anchor component={Link} to="/login" size="sm">{t("toLogin")}</Anchor>}>
      {sent ? (
        <Alert color="green" role="status">{t("resetSent")} <Anchor component={Link} to="/reset" size="sm">{t("haveResetCode")}</Anchor></Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            {problem ? <ProblemText error={problem} /> : null}
            <TextInput type="email" label={t("email")} value={email} autoComplete="email" required withAsterisk={false} autoFocus onChange={(event) => setEmail(event.currentTarget.value)} />
            <Turnstile where="reset" onToken={setHuman} />
            <Button type="submit" loading={busy}>{t("sendReset")}</Button>
          </Stack>
        </form>
      )}
    </Door>
  );
}
