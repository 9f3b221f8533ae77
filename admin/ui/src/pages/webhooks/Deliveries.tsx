/** What became of events on their way to one target: attempts, answers, and once more. */
import { Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconRefresh, IconSend } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api, ok, type Schema, useCan } from "~/api";
import { type Column, Copy, DataTable, done, Duration, failed, type Filter, LiveButton, Page, ProblemText, type RowAction, Said, Status, type Tone, When } from "~/components";
import { useKinds } from "./kinds";

type Row = Schema<"DeliveryOut">;
const STATES = ["waiting", "delivered", "failed"] as const;
const TONES: Record<string, Tone> = { waiting: "info", delivered: "good", failed: "bad" };
const EVERY_MS = 3000;

export default function DeliveriesPage() {
  const { t } = useTranslation("webhooks");
  const queries = useQueryClient();
  const target = Number(useParams().target);
  const [live, setLive] = useState(true);
  const may = useCan()("notifications.write");
  const kinds = useKinds();
  const path = { target };
  const key = ["targets", "deliveries", target];
  const found = useQuery({ queryKey: ["targets", "one", target], queryFn: ({ signal }) => ok(api.GET("/api/v1/notifications/targets/{target}", { params: { path }, signal })) });
  const act = async (work: () => Promise<unknown>, said: string) => {
    try {
      await work();
      await queries.invalidateQueries({ queryKey: key });
      done(said);
    } catch (error) {
      failed(error);
    }
  };
  const test = () => act(() => api.POST("/api/v1/notifications/targets/{target}/test", { params: { path } }), t("tested"));
  const again = (row: Row) => act(() => api.POST("/api/v1/notifications/targets/{target}/deliveries/{delivery}/again", { params: { path: { target, delivery: row.id } } }), t("deliveries.goes"));

  const columns: Column<Row>[] = [
    { key: "event", title: t("event"), render: (row) => kinds.say(row.event) },
    { key: "state", title: t("state"), width: 130, card: "badge", render: (row) => <Status tone={TONES[row.state] ?? "idle"}>{t(`states.${row.state}` as "states.failed")}</Status> },
    { key: "status", title: t("deliveries.status"), width: 110, align: "right", render: (row) => row.status || "—" },
    { key: "attempts", title: t("deliveries.attempts"), width: 100, align: "right", render: (row) => row.attempts },
    { key: "took", title: t("deliveries.took"), width: 110, align: "right", render: (row) => <Duration us={row.tried_at ? row.milliseconds * 1000 : null} /> },
    { key: "problem", title: t("deliveries.problem"), width: 240, render: (row) => <Said said={row.problem_said} /> },
    { key: "next", title: t("deliveries.next"), width: 130, render: (row) => <When at={row.next_at} /> },
    { key: "created", title: t("deliveries.since"), width: 130, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  const filters: Filter[] = [
    { name: "state", label: t("state"), type: "choice", options: STATES.map((value) => ({ value, label: t(`states.${value}`) })) },
    { name: "event", label: t("event"), type: "choice", options: kinds.options },
  ];
  const actions = (row: Row): RowAction[] => [{ key: "again", label: t("deliveries.again"), icon: IconRefresh, run: () => again(row) }];

  return (
    <Page
      title={found.data ? t("deliveries.of", { name: found.data.name }) : t("deliveries.title")}
      about={<Anchor component={Link} to="/webhooks" size="sm"><Group gap={4} component="span"><IconArrowLeft size={14} />{t("nav.list")}</Group></Anchor>}
      actions={
        <>
          <LiveButton live={live} onChange={setLive} />
          {may ? <Button leftSection={<IconSend size={16} />} onClick={() => void test()}>{t("test")}</Button> : null}
        </>
      }
    >
      {found.isError ? <ProblemText error={found.error} /> : (
        <DataTable<Row>
          id="deliveries"
          queryKey={key}
          load={(query, signal) => ok(api.GET("/api/v1/notifications/targets/{target}/deliveries", { params: { path, query }, signal }))}
          columns={columns}
          filters={filters}
          defaultSort="-id"
          refreshMs={live ? EVERY_MS : undefined}
          file={{ path: `/api/v1/notifications/targets/${target}/deliveries` }}
          rowId={(row) => row.id}
          rowName={(row) => `${kinds.say(row.event)} ${row.id}`}
          rowActions={may ? actions : undefined}
          rowTone={(row) => (row.state === "failed" ? "bad" : undefined)}
          peek={{ title: (row) => kinds.say(row.event), render: (row) => <Detail row={row} again={may ? () => again(row) : undefined} /> }}
          empty={{ title: t("deliveries.empty.title"), text: t("deliveries.empty.text"), icon: IconSend }}
        />
      )}
    </Page>
  );
}

function Detail({ row, again }: { row: Row; again?: () => unknown }) {
  const { t } = useTranslation("webhooks");
  return (
    <Stack gap="sm">
      <Group gap="xs"><Status tone={TONES[row.state] ?? "idle"}>{t(`states.${row.state}` as "states.failed")}</Status>{row.status ? <Text size="sm">HTTP {row.status}</Text> : null}{row.tried_at ? <Duration us={row.milliseconds * 1000} /> : null}</Group>
      <Group gap="xs"><Text size="sm" c="dimmed">{t("deliveries.message")}</Text><Code>{row.message_id}</Code><Copy text={row.message_id} /></Group>
      <Text size="sm" c="dimmed">{t("deliveries.tried", { count: row.attempts })}{row.tried_at ? <> · <When at={row.tried_at} absolute /></> : null}</Text>
      {row.next_at ? <Text size="sm">{t("deliveries.next")}: <When at={row.next_at} absolute /></Text> : null}
      {row.problem ? <Text size="sm" c="red" className="wrap"><Said said={row.problem_said} /></Text> : null}
      {row.answer ? <div><Text size="xs" c="dimmed">{t("deliveries.answer")}</Text><Code block className="wrap">{row.answer}</Code></div> : null}
      {again ? <Button w="fit-content" variant="default" leftSection={<IconRefresh size={16} />} onClick={() => void again()}>{t("deliveries.again")}</Button> : null}
    </Stack>
  );
}
