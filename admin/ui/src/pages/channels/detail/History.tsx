/** What was done to a channel, by whom, and the way back. */
import { Badge, Button, Group, Loader, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { confirm, done, Empty, failed, ProblemText, When } from "~/components";
import { type Channel, KEY } from "../parts/data";

type Entry = Schema<"AuditOut">;
const text = (value: unknown): string => (value === null || value === undefined || value === "" ? "—" : typeof value === "string" ? value : JSON.stringify(value));

export default function History({ channel }: { channel: Channel }) {
  const { t, i18n } = useTranslation(["channels", "common"]);
  const did = (action: string): string => {
    const key = `history.did.${action.replace("channels.", "").replaceAll(".", "_")}`;
    return i18n.exists(`channels:${key}`) ? String(t(key as never)) : action;
  };
  const writes = useCan()("channels.write", "all");
  const queries = useQueryClient();
  const query = { kind: "channel", object_id: String(channel.id), limit: 50 };
  const entries = useQuery({
    queryKey: [...KEY, "history", channel.id],
    queryFn: () => ok(api.GET("/api/v1/audit", { params: { query } })) as Promise<Schema<"Listed_AuditOut_">>,
  });
  const back = async (entry: Entry) => {
    const params = { path: { entry: entry.id } };
    try {
      const plan = await ok(api.POST("/api/v1/audit/{entry}/rollback", { params, body: { dry_run: true, force: false } }));
      if (!(await confirm({ title: t("history.backTitle"), text: <Changes changes={plan.changes} />, action: t("history.back") }))) return;
      await ok(api.POST("/api/v1/audit/{entry}/rollback", { params, body: { dry_run: false, force: false } }));
      await queries.invalidateQueries({ queryKey: KEY });
      done(t("history.done"));
    } catch (error) {
      failed(error);
    }
  };
  if (entries.isError) return <ProblemText error={entries.error} retry={() => entries.refetch()} />;
  if (!entries.data) return <Loader size="sm" />;
  if (entries.data.items.length === 0) return <Empty title={t("history.empty")} />;
  return (
    <Stack gap="md">
      {entries.data.items.map((entry) => (
        <Stack key={entry.id} gap={4}>
          <Group justify="space-between" wrap="nowrap">
            <Group gap={6}>
              <Badge color="gray">{did(entry.action)}</Badge>
              <Text size="sm">{entry.actor}</Text>
              <Text size="xs" c="dimmed" component="div"><When at={entry.at} /></Text>
            </Group>
            {entry.reversible && writes ? <Button size="compact-xs" variant="default" leftSection={<IconArrowBackUp size={13} />} onClick={() => back(entry)}>{t("history.back")}</Button> : null}
          </Group>
          <Changes changes={entry.changes} />
        </Stack>
      ))}
    </Stack>
  );
}

function Changes({ changes }: { changes: { field: string; before?: unknown; after?: unknown }[] }) {
  const { t, i18n } = useTranslation(["channels", "common"]);
  const named = (field: string): string => (i18n.exists(`channels:fields.${field}`) ? String(t(`fields.${field}` as never)) : field);
  const told = changes.filter((one) => text(one.before) !== text(one.after));
  if (told.length === 0) return null;
  return (
    <Table className="wrap" fz="xs">
      <Table.Thead><Table.Tr><Table.Th>{t("history.field")}</Table.Th><Table.Th>{t("history.before")}</Table.Th><Table.Th>{t("history.after")}</Table.Th></Table.Tr></Table.Thead>
      <Table.Tbody>
        {told.map((one) => <Table.Tr key={one.field}><Table.Td>{named(one.field)}</Table.Td><Table.Td>{text(one.before)}</Table.Td><Table.Td>{text(one.after)}</Table.Td></Table.Tr>)}
      </Table.Tbody>
    </Table>
  );
}
