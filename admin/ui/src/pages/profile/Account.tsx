/** Name and e-mail address. */
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Me, useChangeMe, useMe } from "~/api";
import { ME } from "~/api/me";
import { done, ResourceForm, Status, useResourceForm, useRoleName, When } from "~/components";
import { useAct } from "./act";
import { Section } from "./Section";

export function Account() {
  const { t } = useTranslation("profile");
  const me = useMe();
  const role = useRoleName();
  return (
    <Stack gap="sm">
      <Names me={me} />
      <Address me={me} />
      <Section title={t("facts.title")}>
        <dl className="card-lines">
          <div><dt>{t("facts.name")}</dt><dd>{me.name}</dd></div>
          <div><dt>{t("facts.role")}</dt><dd>{role(me.role)}</dd></div>
          {me.organisation_role ? <div><dt>{t("facts.organisationRole")}</dt><dd>{role(me.organisation_role)}</dd></div> : null}
          <div><dt>{t("facts.lastLogin")}</dt><dd><When at={me.last_login_at} absolute /></dd></div>
        </dl>
      </Section>
    </Stack>
  );
}

function Names({ me }: { me: Me }) {
  const { t } = useTranslation("profile");
  const change = useChangeMe();
  const form = useResourceForm<{ display_name: string }, Me>({
    initial: { display_name: me.display_name },
    save: (values) => change(values),
    onSaved: () => done(t("saved")),
  });
  return (
    <Section title={t("names.title")} about={t("names.about")}>
      <ResourceForm form={form}><TextInput label={t("names.display")} maxLength={100} {...form.field("display_name")} /></ResourceForm>
    </Section>
  );
}

/** The address changes when the code that was sent to it is typed here. */
function Address({ me }: { me: Me }) {
  const { t } = useTranslation("profile");
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState("");
  const [code, setCode] = useState("");
  const { act, busy } = useAct();
  const send = () =>
    act(async () => {
      await ok(api.POST("/api/v1/me/email", { body: { email: email.trim() } }));
      setSent(email.trim());
    }, t("email.sent"));
  const confirm = () =>
    act(async () => {
      queries.setQueryData(ME, await ok(api.POST("/api/v1/me/email/confirm", { body: { email: sent, code: code.trim() } })));
      setSent("");
      setEmail("");
      setCode("");
    }, t("email.changed"));
  const badge = me.email ? <Status tone={me.email_verified ? "good" : "warn"}>{t(me.email_verified ? "email.verified" : "email.unverified")}</Status> : null;
  return (
    <Section title={t("email.title")} about={me.email ?? t("email.none")} badge={badge}>
      <form onSubmit={(event) => { event.preventDefault(); void (sent ? confirm() : send()); }}>
        {sent ? (
          <Group align="flex-end" gap="xs">
            <TextInput label={t("email.code", { email: sent })} value={code} autoComplete="one-time-code" autoFocus onChange={(event) => setCode(event.currentTarget.value)} />
            <Button type="submit" loading={busy} disabled={!code.trim()}>{t("email.confirm")}</Button>
            <Button variant="default" onClick={() => setSent("")}>{t("email.other")}</Button>
          </Group>
        ) : (
          <Group align="flex-end" gap="xs">
            <TextInput type="email" label={t("email.new")} value={email} autoComplete="email" flex="1 1 220px" onChange={(event) => setEmail(event.currentTarget.value)} />
            <Button type="submit" variant="default" loading={busy} disabled={!email.includes("@")}>{t("email.send")}</Button>
          </Group>
        )}
      </form>
    </Section>
  );
}
