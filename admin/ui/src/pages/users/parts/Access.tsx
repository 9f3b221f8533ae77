/** What a user signs in with, where they are signed in, and how that is ended, locked or begun anew. */
import { Button, Group, Loader, PasswordInput, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, useCan } from "~/api";
import { confirm, done, failed, ProblemText, Status, When } from "~/components";

export function Access({ id, name, onSaved }: { id: number; name: string; onSaved: () => unknown }) {
  const { t } = useTranslation("users");
  const queries = useQueryClient();
  const write = useCan()("users.write", "organisation");
  const params = { path: { user: String(id) } };
  const key = ["users", "access", id];
  const found = useQuery({ queryKey: [...key, "credentials"], queryFn: () => ok(api.GET("/api/v1/users/{user}/credentials", { params })), enabled: write });
  const sessions = useQuery({ queryKey: [...key, "sessions"], queryFn: () => ok(api.GET("/api/v1/users/{user}/sessions", { params })) });
  const act = async (work: () => Promise<unknown>, text: string) => {
    try {
      await work();
      await Promise.all([queries.invalidateQueries({ queryKey: key }), onSaved()]);
      done(text);
    } catch (error) {
      failed(error);
    }
  };
  const factors = async () => {
    if (!(await confirm({ title: t("factorsTitle"), text: t("factorsText", { name }), action: t("factors"), danger: true }))) return;
    await act(() => api.DELETE("/api/v1/users/{user}/second-factors", { params }), t("factorsGone"));
  };
  const { data } = found;
  return (
    <Stack gap="md">
      {found.isError ? <ProblemText error={found.error} /> : null}
      {data ? (
        <>
          <Group gap="xs">
            <Status tone={data.has_password ? "good" : "idle"}>{t(data.has_password ? "hasPassword" : "noPassword")}</Status>
            <Status tone={data.totp ? "good" : "idle"}>{t(data.totp ? "hasTotp" : "noTotp")}</Status>
            <Status tone={data.passkeys ? "good" : "idle"}>{t("passkeys", { count: data.passkeys })}</Status>
            {data.locked ? <Status tone="bad" why={data.locked_reason || undefined}>{t("locked")}</Status> : null}
          </Group>
          <Group gap="xs">
            {data.locked
              ? <Button variant="default" onClick={() => act(() => api.POST("/api/v1/users/{user}/unlock", { params }), t("unlocked"))}>{t("unlock")}</Button>
              : <Button variant="default" onClick={() => act(() => api.POST("/api/v1/users/{user}/lock", { params, body: { reason: "" } }), t("lockedNow"))}>{t("lock")}</Button>}
            <Button variant="default" disabled={!data.email} onClick={() => act(() => api.POST("/api/v1/users/{user}/password-reset", { params }), t("resetSent"))}>{t("reset")}</Button>
            <Button variant="default" c="var(--mantine-color-error)" disabled={!data.totp && !data.passkeys} onClick={factors}>{t("factors")}</Button>
          </Group>
          <Password set={(password) => act(() => api.PUT("/api/v1/users/{user}/password", { params, body: { password, must_change: true } }), t("passwordSet"))} />
        </>
      ) : null}
      <Group justify="space-between">
        <Title order={3} size="h5">{t("sessions")}</Title>
        {write && sessions.data?.items.length ? <Button size="compact-sm" variant="default" onClick={() => act(() => api.DELETE("/api/v1/users/{user}/sessions", { params }), t("sessionsEnded"))}>{t("endSessions")}</Button> : null}
      </Group>
      {sessions.isLoading ? <Loader size="sm" /> : null}
      {sessions.data?.items.length === 0 ? <Text size="sm" c="dimmed">{t("noSessions")}</Text> : null}
      {sessions.data?.items.length ? (
        <Table.ScrollContainer minWidth={380}>
          <Table>
            <Table.Tbody>
              {sessions.data.items.map((one) => <Table.Tr key={one.id}><Table.Td>{one.device || one.agent || one.method}</Table.Td><Table.Td>{one.ip}</Table.Td><Table.Td><When at={one.seen_at} /></Table.Td></Table.Tr>)}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}

function Password({ set }: { set: (password: string) => Promise<void> }) {
  const { t } = useTranslation("users");
  const [text, setText] = useState("");
  return (
    <form onSubmit={(event) => { event.preventDefault(); void set(text).then(() => setText("")); }}>
      <Group gap="xs" align="flex-end">
        <PasswordInput flex={1} label={t("newPassword")} description={t("newPasswordHint")} autoComplete="new-password" value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Button type="submit" variant="default" disabled={!text}>{t("setPassword")}</Button>
      </Group>
    </form>
  );
}
