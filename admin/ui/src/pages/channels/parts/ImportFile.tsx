/** Putting channels in from a file: read, shown as what would change, then done. */
import { Alert, Button, Code, FileButton, Group, ScrollArea, Stack, Table, Text, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, api, ok } from "~/api";
import { done, ProblemText, Status, type Tone } from "~/components";
import { fieldText } from "~/components/form/fieldText";
import { KEY } from "./data";

/** As the client infers it: pairs of the schema are arrays to it. */
type Found = Awaited<ReturnType<typeof ask>>;
type Change = Found["changes"][number];
const TONES: Record<Change["action"], Tone> = { create: "good", update: "warn", delete: "bad", unchanged: "idle" };
const ask = (text: string, dry_run: boolean) => ok(api.POST("/api/v1/channels/import", { body: { text, dry_run } }));
const SHOWN = 200;
const SHOWN_WRONG = 20;
const said = (value: unknown): string => (value === null || value === undefined || value === "" ? "—" : typeof value === "string" ? value : JSON.stringify(value));

export default function ImportFile({ close }: { close: () => void }) {
  const { t } = useTranslation(["channels", "common"]);
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [wrong, setWrong] = useState<string[]>([]);
  const write = (next: string) => {
    setText(next);
    setFound(null);
    setProblem(null);
  };
  const send = async (dry_run: boolean) => {
    setBusy(true);
    setProblem(null);
    setWrong([]);
    try {
      const answer = await ask(text, dry_run);
      if (dry_run) setFound(answer);
      else {
        await queries.invalidateQueries({ queryKey: KEY });
        done(t("file.done", { count: answer.changes.filter((one) => one.action !== "unchanged").length }));
        close();
      }
    } catch (error) {
      setProblem(error);
      if (error instanceof ApiProblem) setWrong(await Promise.all(error.fields.slice(0, SHOWN_WRONG).map(async (one) => `${one.field.replace(/^body\.(document\.)?/, "")}: ${await fieldText(one)}`)));
    } finally {
      setBusy(false);
    }
  };
  const changes = found?.changes.filter((one) => one.action !== "unchanged") ?? [];
  return (
    <form onSubmit={(event) => { event.preventDefault(); void send(!changes.length); }}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{t("file.about")}</Text>
        <Group>
          <FileButton accept=".yaml,.yml,.json" onChange={(file) => void file?.text().then(write)}>
            {(props) => <Button {...props} size="compact-sm" variant="default" leftSection={<IconUpload size={14} />}>{t("file.choose")}</Button>}
          </FileButton>
        </Group>
        <Textarea label={t("file.text")} value={text} onChange={(event) => write(event.currentTarget.value)} autosize minRows={6} maxRows={14} spellCheck={false} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "var(--mantine-font-size-xs)" } }} />
        {problem ? <ProblemText error={problem} /> : null}
        {problem && wrong.length ? <Code block className="wrap">{wrong.join("\n")}</Code> : null}
        {found ? <Planned found={found} changes={changes} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>{t("common:cancel")}</Button>
          <Button type="submit" loading={busy} disabled={!text.trim() || (found !== null && changes.length === 0)}>{changes.length ? t("file.apply", { count: changes.length }) : t("file.look")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

function Planned({ found, changes }: { found: Found; changes: Change[] }) {
  const { t } = useTranslation(["channels", "common"]);
  const keyless = changes.filter((one) => one.action === "create" && !("secret" in one.fields) && !("keys" in one.fields));
  const same = found.changes.length - changes.length;
  return (
    <Stack gap={6} role="region" aria-label={t("file.planned")}>
      {found.ignored.length ? <Text size="sm" c="dimmed">{t("file.ignored", { names: found.ignored.join(", ") })}</Text> : null}
      <Text size="sm" aria-live="polite">{changes.length ? t("file.changes", { count: changes.length }) : t("file.nothing")} {same && changes.length ? t("file.same", { count: same }) : ""}</Text>
      {keyless.length ? <Alert color="yellow">{t("file.keyless", { count: keyless.length, names: keyless.slice(0, 10).map((one) => one.name).join(", ") })}</Alert> : null}
      {changes.length ? (
        <ScrollArea.Autosize mah={300} viewportProps={{ tabIndex: 0 }}>
          <Table className="wrap" fz="xs">
            <Table.Tbody>
              {changes.slice(0, SHOWN).map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td miw={110}>{one.name}</Table.Td>
                  <Table.Td miw={110}><Status tone={TONES[one.action]}>{t(one.action === "create" ? "file.new" : "file.changed")}</Status></Table.Td>
                  <Table.Td><Fields change={one} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      ) : null}
    </Stack>
  );
}

function Fields({ change }: { change: Change }) {
  const { t, i18n } = useTranslation(["channels", "common"]);
  const name = (field: string) => (field === "secret" ? t("secret") : field === "keys" ? t("keysInUse") : field === "enabled" ? t("form.enabled") : i18n.exists(`channels:fields.${field}`) ? String(t(`fields.${field}` as never)) : field);
  return Object.entries(change.fields).map(([field, [before, after]]) => (
    <div key={field}>
      {name(field)}: {change.action === "create" || field.endsWith("secret") ? null : <><Text span inherit c="dimmed" td="line-through">{said(before)}</Text> </>}
      {field.endsWith("secret") ? t(change.action === "create" ? "file.isSet" : "file.changed") : said(after)}
    </div>
  ));
}
