/** A new invitation. Its link is shown once, here, and sent where there is an address and mail is set up. */
import { Button, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema } from "~/api";
import { ResourceForm, SecretOnce, useResourceForm, useRoleName } from "~/components";

type Made = Schema<"InvitationMade">;
type Values = { email: string; organisation_role: string; group: string; days: number };
const ROLES = ["member", "admin"];

export function Create({ onSaved, close }: { onSaved: () => unknown; close: () => void }) {
  const { t } = useTranslation(["invitations", "common"]);
  const roleName = useRoleName();
  const [made, setMade] = useState<Made | null>(null);
  const form = useResourceForm<Values, Made>({
    initial: { email: "", organisation_role: "member", group: "", days: 7 },
    save: ({ email, ...rest }) => ok(api.POST("/api/v1/invitations", { body: { ...rest, email: email.trim() || null } })),
    onSaved: async (found) => {
      setMade(found);
      await onSaved();
    },
  });
  if (made) {
    return (
      <Stack>
        <SecretOnce secret={made.link ?? made.token} name="invitation" note={made.link ? t("onceLink") : t("onceToken")} />
        {made.mailed ? <Text size="sm">{t("mailed", { email: made.email })}</Text> : null}
        <Group justify="flex-end"><Button onClick={close}>{t("common:close")}</Button></Group>
      </Stack>
    );
  }
  return (
    <ResourceForm form={form} onCancel={close} fresh action={t("create")}>
      <Stack gap="sm">
        <TextInput label={t("email")} description={t("emailHint")} type="email" data-autofocus {...form.field("email")} />
        <Select label={t("role")} allowDeselect={false} data={ROLES.map((value) => ({ value, label: roleName(value) }))} {...form.field("organisation_role")} />
        <TextInput label={t("group")} description={t("groupHint")} {...form.field("group")} />
        <NumberInput label={t("days")} min={1} max={90} allowDecimal={false} {...form.field("days")} />
      </Stack>
    </ResourceForm>
  );
}
