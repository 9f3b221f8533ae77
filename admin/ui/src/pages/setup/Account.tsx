/** The first administrator, with the token of the link that the gateway printed. */
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { ProblemText } from "~/components/ProblemText";
import { useIdentity } from "../login/identity";
import { useStep } from "./useStep";

export function Account({ token, onDone }: { token: string; onDone: () => Promise<unknown> }) {
  const { t } = useTranslation("setup");
  const { passwordLength } = useIdentity();
  const { busy, problem, fields, during } = useStep();
  const [link, setLink] = useState(token);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = () =>
    during(async () => {
      await ok(api.POST("/api/v1/setup", { body: { token: link.trim().split("#").at(-1) ?? "", name: name.trim(), password, email: email.trim() || null } }));
      await onDone();
    });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      <Stack gap="sm">
        {problem ? <ProblemText error={problem} /> : null}
        {token ? null : <TextInput label={t("token")} description={t("tokenHint")} value={link} required withAsterisk={false} autoComplete="off" error={fields.token} onChange={(event) => setLink(event.currentTarget.value)} />}
        <TextInput label={t("name")} value={name} required withAsterisk={false} autoComplete="username" autoFocus error={fields.name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label={t("email")} description={t("emailHint")} type="email" value={email} autoComplete="email" error={fields.email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <PasswordInput label={t("password")} description={t("passwordHint", { count: passwordLength })} value={password} required withAsterisk={false} autoComplete="new-password" error={fields.password}
          onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} />
        <Button type="submit" loading={busy}>{t("next")}</Button>
      </Stack>
    </form>
  );
}
