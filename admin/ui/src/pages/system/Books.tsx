/** The books: every balance and settled batch computed anew by a job, and what of them differs. */
import { Alert, Button, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconScale } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok, type Schema, useCan } from "~/api";
import { Count, failed, isEnded, JobProgress, Money, ProblemText, When } from "~/components";
import { numberText } from "~/lib/format";
import { useLocale } from "~/lib/hooks";
import { Box } from "./parts";

type Job = Schema<"JobOut">;
/** What the job writes into its `result`, which the API leaves open. */
type Result = { accounts?: number; batches?: number; skipped?: number; found?: number; differences?: Schema<"DifferenceOut">[] };
export const VERIFY = "ledger.verify";
const KEY = ["jobs", "books"];

export function Books() {
  const { t } = useTranslation("system");
  const can = useCan();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const last = useQuery({ queryKey: KEY, queryFn: async () => (await ok(api.GET("/api/v1/jobs", { params: { query: { kind: VERIFY, sort: "-id", limit: 1 } } }))).items[0] ?? null });
  const again = useCallback(() => queries.invalidateQueries({ queryKey: KEY }), [queries]);
  const start = async () => {
    setBusy(true);
    try {
      queries.setQueryData(KEY, await ok(api.POST("/api/v1/ledger/verify")));
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  const job = last.data;
  return (
    <Box title={t("books.title")}>
      <Text size="sm" c="dimmed">{t("books.about")}</Text>
      {last.isError ? <ProblemText error={last.error} retry={() => void last.refetch()} /> : null}
      {job && !isEnded(job) ? <JobProgress key={job.id} id={job.id} label={t("books.verify")} onEnd={again} /> : null}
      {job && isEnded(job) ? <BooksResult job={job} /> : null}
      {last.data !== undefined && (!job || isEnded(job)) && can("jobs.write", "all") && can("accounts.read", "all") ? (
        <Button size="compact-sm" variant="default" leftSection={<IconScale size={14} />} loading={busy} onClick={() => void start()} style={{ alignSelf: "flex-start" }}>{t("books.start")}</Button>
      ) : null}
    </Box>
  );
}

/** What a verification came to, or has come to so far. */
export function BooksResult({ job }: { job: Job }) {
  const { t } = useTranslation("system");
  const locale = useLocale();
  const { accounts = 0, batches = 0, skipped = 0, found = 0, differences = [] } = job.result as Result;
  const compared = t("books.compared", { accounts: numberText(accounts, locale), batches: numberText(batches - skipped, locale) });
  return (
    <Stack gap={6}>
      <Text size="sm" component="div">{t(`books.state.${job.state}` as never)} <When at={job.ended_at} /></Text>
      {job.error ? <Text size="sm" c="var(--mantine-color-error)">{job.error}</Text> : null}
      {found > 0 ? <Alert color="red" title={t("books.differ", { count: found })}>{compared}</Alert> : <Text size="sm">{compared} {job.state === "done" ? t("books.equal") : ""}</Text>}
      {skipped > 0 ? <Text size="sm" c="dimmed">{t("books.skipped", { count: skipped })}</Text> : null}
      {differences.length > 0 ? (
        <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": t("books.list"), role: "group" } }}>
          <Table fz="xs">
            <Table.Thead><Table.Tr><Table.Th>{t("books.where")}</Table.Th><Table.Th>{t("books.what")}</Table.Th><Table.Th ta="right">{t("books.stored")}</Table.Th><Table.Th ta="right">{t("books.computed")}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {differences.map((one) => (
                <Table.Tr key={`${one.where} ${one.what}`}>
                  <Table.Td>{one.where}</Table.Td><Table.Td>{one.what}</Table.Td>
                  <Table.Td ta="right"><Value of={one} value={one.stored} /></Table.Td><Table.Td ta="right"><Value of={one} value={one.computed} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}

/** Rows are counted; all else is money. */
function Value({ of, value }: { of: Schema<"DifferenceOut">; value: number }) {
  return of.what === "usage rows" || of.what.endsWith("is missing") ? <Count value={value} /> : <Money nano={value} exact />;
}
