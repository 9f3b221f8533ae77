/** What happened of late, as targets hear of it. */
import { Anchor, Code, Group, Stack, Text } from "@mantine/core";
import { IconArrowLeft, IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, ok, type Schema } from "~/api";
import { type Column, DataTable, Page, When } from "~/components";
import { useLocale } from "~/lib/hooks";
import { useKinds } from "./kinds";

type Row = Schema<"EventOut">;
const EVERY_MS = 15_000;

/** What an event is about, as far as its data names it. */
const subject = ({ data }: Row): string => String(data.name ?? data.channel ?? data.user ?? data.target ?? data.id ?? "");

export default function EventsPage() {
  const { t } = useTranslation("webhooks");
  const kinds = useKinds();
  const locale = useLocale();
  const columns: Column<Row>[] = [
    { key: "event", title: t("event"), render: (row) => kinds.say(row.kind) },
    { key: "name", title: t("subject"), width: 260, render: subject },
    { key: "kind", title: t("kindOf"), width: 200, render: (row) => <Text span inherit ff="monospace" size="xs">{row.kind}</Text> },
    { key: "created", title: t("happened"), width: 160, sort: "id", render: (row) => <When at={row.created_at} /> },
  ];
  return (
    <Page title={t("nav.events")} about={<Anchor component={Link} to="/webhooks" size="sm"><Group gap={4} component="span"><IconArrowLeft size={14} />{t("nav.list")}</Group></Anchor>}>
      <DataTable<Row>
        id="events"
        queryKey={["events", locale]}
        load={(query, signal) => ok(api.GET("/api/v1/notifications/events", { params: { query: { ...query, language: locale } }, signal }))}
        columns={columns}
        defaultSort="-id"
        refreshMs={EVERY_MS}
        file={{ path: "/api/v1/notifications/events", asked: (query) => ({ ...query, language: locale }) }}
        rowId={(row) => row.id}
        rowName={(row) => `${kinds.say(row.kind)} ${row.id}`}
        peek={{
          title: (row) => kinds.say(row.kind),
          render: (row) => (
            <Stack gap="sm">
              <Text size="sm" c="dimmed"><When at={row.created_at} absolute /></Text>
              <div>
                <Text size="xs" c="dimmed">{t("asSent")}</Text>
                <Text fw={600} className="wrap">{row.title}</Text>
                <Text size="sm" className="wrap">{row.text}</Text>
              </div>
              <div>
                <Text size="xs" c="dimmed">{t("data")}</Text>
                <Code block className="wrap">{JSON.stringify(row.data, null, 2)}</Code>
              </div>
            </Stack>
          ),
        }}
        empty={{ title: t("events.empty.title"), text: t("events.empty.text"), icon: IconHistory }}
      />
    </Page>
  );
}
