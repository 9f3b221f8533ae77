/** How one signs in: password, authenticator app, passkeys, and where one is signed in. */
import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, isProblem, type Me, useMe } from "~/api";
import { ME } from "~/api/me";
import { done, ProblemText } from "~/components";
import { Passkeys } from "./Passkeys";
import { Section } from "./Section";
import { Sessions } from "./Sessions";
import { Totp } from "./Totp";

export function Security() {
  const me = useMe();
  return <Stack gap="sm"><Password me={me} /><Totp me={me} /><Passkeys /><Sessions /></Stack>;
}

function Password({ me }: { me: Me }) {
  const { t } = useTranslation("profile");
  const queries = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const different = again !== "" && again !== password;
  const eye = { "aria-label": t("password.show") };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.PUT("/api/v1/me/password", { body: { current: me.has_password ? current : null, password } });
      setCurrent("");
      setPassword("");
      setAgain("");
      await queries.invalidateQueries({ queryKey: ME });
      await queries.invalidateQueries({ queryKey: ["sessions"] });
      done(t("password.changed"));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const fields = isProblem(error) ? error.byField() : {};
  return (
    <Section title={t("password.title")} about={t(me.has_password ? "password.about" : "password.none")}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {error ? <ProblemText error={error} /> : null}
          {me.has_password ? (
            <PasswordInput label={t("password.current")} value={current} autoComplete="current-password" error={fields.current ? true : undefined} visibilityToggleButtonProps={eye} onChange={(event) => setCurrent(event.currentTarget.value)} />
          ) : null}
          <Group grow align="flex-start">
            <PasswordInput label={t("password.new")} value={password} autoComplete="new-password" error={fields.password ? true : undefined} visibilityToggleButtonProps={eye} onChange={(event) => setPassword(event.currentTarget.value)} />
            <PasswordInput label={t("password.again")} value={again} autoComplete="new-password" error={different ? t("password.different") : undefined} visibilityToggleButtonProps={eye} onChange={(event) => setAgain(event.currentTarget.value)} />
          </Group>
          <Group justify="flex-end">
            <Button type="submit" loading={busy} disabled={!password || password !== again || (me.has_password && !current)}>{t("password.save")}</Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
