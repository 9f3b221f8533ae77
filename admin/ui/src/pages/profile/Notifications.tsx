/** What one is told, and where: mailboxes, webhooks, Bark, Gotify; and the balance below which there is a warning. */
import { Button, Group, Menu, ActionIcon, Modal, Stack, Switch, Text } from "@mantine/core";
import { IconBell, IconDots, IconPencil, IconPlus, IconSend, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan, useMe } from "~/api";
import { AmountInput, confirm, Empty, ProblemText, ResourceForm, done, SecretOnce, Status, useResourceForm, useSaid } from "~/components";
import { useAct } from "./act";
import { Section } from "./Section";
import { TargetForm } from "./TargetForm";

type Target = Schema<"TargetOut">;

export default function Notifications() {
  const { t } = useTranslation(["profile", "common"]);
  const said = useSaid();
  const me = useMe();
  const may = useCan()("notifications.write");
  const { act, busy } = useAct("targets");
  const [edited, setEdited] = useState<Target | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const found = useQuery({ queryKey: ["targets", "profile"], queryFn: ({ signal }) => ok(api.GET("/api/v1/notifications/targets", { params: { query: { limit: 100 } }, signal })) });
  const mine = found.data?.items.filter((row) => row.owner === "me" && row.user_id === me.id) ?? [];
  const path = (row: Target) => ({ path: { target: row.id } });
  const toggle = (row: Target) => act(() => api.PATCH("/api/v1/notifications/targets/{target}", { params: path(row), body: { enabled: !row.enabled } }), t("saved"));
  const test = (row: Target) => act(() => api.POST("/api/v1/notifications/targets/{target}/test", { params: path(row) }), t("targets.tested"));
  const remove = async (row: Target) => {
    if (!(await confirm({ title: t("targets.removeTitle"), text: row.name, action: t("targets.remove"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/notifications/targets/{target}", { params: path(row) }), t("targets.removed"));
  };
  const saved = async (made?: string | null) => {
    setEdited(null);
    setSecret(made ?? null);
    await act(async () => {}, t("saved"));
  };
  return (
    <Stack gap="sm">
      <Section
        title={t("targets.title")} about={t("targets.about")}
        action={may ? <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>{t("targets.add")}</Button> : undefined}
      >
        {found.isError ? <ProblemText error={found.error} /> : null}
        {secret ? <SecretOnce secret={secret} name="webhook-secret" note={t("targets.secret")} /> : null}
        {found.data && mine.length === 0 ? <Empty icon={IconBell} title={t("targets.empty.title")} text={t("targets.empty.text")} /> : null}
        <Stack component="ul" gap="sm" p={0} m={0} mt={mine.length ? "xs" : 0} style={{ listStyle: "none" }} aria-busy={found.isPending || undefined}>
          {mine.map((row) => (
            <Group component="li" key={row.id} justify="space-between" wrap="nowrap" gap="xs">
              <div style={{ minWidth: 0 }}>
                <Group gap={6}><Text size="sm" fw={500} className="wrap">{row.name}</Text><Status tone={row.disabled_because ? "bad" : "info"} why={said(row.disabled_said) || undefined}>{t(`targets.kinds.${row.kind}`)}</Status></Group>
                <Text size="xs" c="dimmed" className="wrap">{row.url || row.address || me.email} · {row.events.join(", ")}</Text>
              </div>
              <Group gap={4} wrap="nowrap">
                <Switch aria-label={t("targets.enabled", { name: row.name })} checked={row.enabled} disabled={!may || busy} onChange={() => void toggle(row)} />
                <Menu>
                  <Menu.Target><ActionIcon aria-label={t("targets.actions", { name: row.name })} disabled={!may}><IconDots size={16} /></ActionIcon></Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item leftSection={<IconSend size={15} />} onClick={() => void test(row)}>{t("targets.test")}</Menu.Item>
                    <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setEdited(row)}>{t("targets.edit")}</Menu.Item>
                    <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove(row)}>{t("targets.remove")}</Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </Group>
            </Group>
          ))}
        </Stack>
      </Section>
      <LowBalance may={may} />
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title={t(edited === "new" ? "targets.add" : "targets.edit")} closeButtonProps={{ "aria-label": t("common:close") }}>
        {edited ? <TargetForm target={edited === "new" ? null : edited} onSaved={saved} close={() => setEdited(null)} /> : null}
      </Modal>
    </Stack>
  );
}

function LowBalance({ may }: { may: boolean }) {
  const { t } = useTranslation("profile");
  const found = useQuery({ queryKey: ["low-balance"], queryFn: ({ signal }) => ok(api.GET("/api/v1/notifications/low-balance", { signal })), gcTime: 0 });
  return (
    <Section title={t("low.title")} about={t("low.about")}>
      {found.isError ? <ProblemText error={found.error} /> : null}
      {found.data ? <LowForm below={found.data.below ?? ""} may={may} /> : <div aria-busy={found.isPending || undefined} />}
    </Section>
  );
}

function LowForm({ below, may }: { below: string; may: boolean }) {
  const { t } = useTranslation("profile");
  const form = useResourceForm<{ below: string }, Schema<"LowBalance-Output">>({
    initial: { below },
    save: (values) => ok(api.PUT("/api/v1/notifications/low-balance", { body: { below: values.below || null, owner: "me" } })),
    onSaved: () => done(t("saved")),
  });
  return <ResourceForm form={form}><AmountInput label={t("low.below")} description={t("low.hint")} disabled={!may} maw={260} {...form.field("below")} /></ResourceForm>;
}
