/** One entry of the audit log: its fields before and after, and what taking it back would change. */
import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, isProblem, ok, type Schema } from "~/api";
import { done, ProblemText, When } from "~/components";
import { useAuditWords } from "./words";

type Row = Schema<"AuditOut">;
type Found = { plan: Schema<"RollbackOut">; force: boolean };

const shown = (value: unknown): string => (value === null || value === undefined ? "—" : typeof value === "string" ? value : JSON.stringify(value, null, 1));

export function Entry({ row, onDone }: { row: Row; onDone: () => unknown }) {
  const { t } = useTranslation(["audit", "common"]);
  const words = useAuditWords();
  const facts = [[t("action"), `${words.action(row.action)} (${row.action})`], [t("actor"), row.actor], [t("kind"), words.kind(row.kind)], [t("object"), row.object_name || row.object_id], [t("ip"), row.ip], [t("agent"), row.agent], [t("request"), row.request_id]];
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed"><When at={row.at} absolute /></Text>
      <Table className="wrap">
        <Table.Tbody>{facts.filter(([, value]) => value).map(([name, value]) => <Table.Tr key={name}><Table.Th w={150} fw={500}>{name}</Table.Th><Table.Td>{value}</Table.Td></Table.Tr>)}</Table.Tbody>
      </Table>
      {row.changes.length > 0 ? <Changes row={row} changes={row.changes} /> : <Text size="sm" c="dimmed">{t("noChanges")}</Text>}
      {row.reversible ? <Back row={row} onDone={onDone} /> : null}
    </Stack>
  );
}

function Changes({ row, changes }: { row: Row; changes: Schema<"AuditChange">[] }) {
  const { t } = useTranslation(row.kind === "settings" ? ["audit", "settings"] : ["audit"]);
  const words = useAuditWords();
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table className="wrap">
        <Table.Thead><Table.Tr><Table.Th>{t("field")}</Table.Th><Table.Th>{t("before")}</Table.Th><Table.Th>{t("after")}</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {changes.map((one) => (
            <Table.Tr key={one.field}>
              <Table.Td><span title={one.field}>{words.field(row, one.field)}</span></Table.Td>
              <Table.Td><del>{shown(one.before)}</del></Table.Td>
              <Table.Td><ins>{shown(one.after)}</ins></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Asks first what would change; changed again since, it is taken back only by force. */
function Back({ row, onDone }: { row: Row; onDone: () => unknown }) {
  const { t } = useTranslation(["audit", "common"]);
  const words = useAuditWords();
  const [found, setFound] = useState<Found | null>(null);
  const [wrong, setWrong] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const ask = (dry_run: boolean, force: boolean) => ok(api.POST("/api/v1/audit/{entry}/rollback", { params: { path: { entry: row.id } }, body: { dry_run, force } }));
  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    setWrong(null);
    try {
      await work();
    } catch (error) {
      setWrong(error);
    } finally {
      setBusy(false);
    }
  };
  const look = (force: boolean) => during(async () => setFound({ plan: await ask(true, force), force }));
  const go = (force: boolean) =>
    during(async () => {
      await ask(false, force);
      setFound(null);
      await onDone();
      done(t("takenBack"));
    });
  return (
    <Stack gap="sm">
      {wrong ? <ProblemText error={wrong} /> : null}
      {isProblem(wrong, "changed-since") ? <Group><Button variant="default" onClick={() => look(true)}>{t("force")}</Button></Group> : null}
      {found ? (
        <Alert color="yellow" title={t("plan")}>
          <Changes row={row} changes={found.plan.changes} />
          {found.plan.left.length > 0 ? <Text size="sm">{t("left", { fields: found.plan.left.map((name) => words.field(row, name)).join(", ") })}</Text> : null}
          <Group gap="xs" mt="xs">
            <Button variant="default" onClick={() => setFound(null)}>{t("common:cancel")}</Button>
            <Button loading={busy} onClick={() => go(found.force)}>{t("goBack")}</Button>
          </Group>
        </Alert>
      ) : (
        <Group><Button variant="default" loading={busy} leftSection={<IconArrowBackUp size={16} />} onClick={() => look(false)}>{t("back")}</Button></Group>
      )}
    </Stack>
  );
}
