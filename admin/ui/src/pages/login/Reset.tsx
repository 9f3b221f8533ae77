/** Choosing a new password with the token of the mail, which is behind # or typed in. */
import { Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api, isProblem, ok } from "~/api";
import { fieldText } from "~/components/form/fieldText";
import { ProblemText } from "~/components/ProblemText";
import { done } from "~/components/toast";
import { Door } from "./Door";

export default function Reset() {
  const { t } = useTranslation("login");
  const navigate = useNavigate();
  const [token, setToken] = useState(() => location.hash.slice(1));
  const [given] = useState(() => location.hash.length > 1);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    // The token is a secret: it leaves the address bar and the history.
    if (location.hash) history.replaceState(history.state, "", location.pathname);
  }, []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    setWrong("");
    try {
      await ok(api.POST("/api/v1/password-reset/confirm", { body: { token: token.trim(), password } }));
      done(t("resetDone"));
      navigate("/login", { replace: true });
    } catch (error) {
      const text = isProblem(error) ? error.byField().password : undefined;
      if (text) setWrong(await fieldText(text));
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Door title={t("resetTitle")} foot={<Anchor component={Link} to="/login" size="sm">{t("toLogin")}</Anchor>}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {problem ? <ProblemText error={problem} /> : null}
          {given ? null : <TextInput label={t("resetCode")} value={token} required withAsterisk={false} autoComplete="off" autoFocus onChange={(event) => setToken(event.currentTarget.value)} />}
          <PasswordInput label={t("newPassword")} value={password} autoComplete="new-password" required withAsterisk={false} error={wrong} autoFocus={given}
            onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} />
          <Button type="submit" loading={busy}>{t("setPassword")}</Button>
        </Stack>
      </form>
    </Door>
  );
}
