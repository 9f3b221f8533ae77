/** How well each model works, for everybody where the gateway publishes it. */
import { Center, Loader, Paper, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { api, ok } from "~/api";
import { useSite } from "~/api/site";
import { Empty } from "~/components/Empty";
import { ProblemText } from "~/components/ProblemText";
import { Status } from "~/components/Status";
import { Level, TONES } from "./Level";
import { Loaded, Open } from "./Open";

const EACH_MS = 60_000;

function Board() {
  const { t } = useTranslation("marketplace");
  const open = useSite()?.features.status_page;
  const found = useQuery({
    queryKey: ["marketplace", "status"], queryFn: ({ signal }) => ok(api.GET("/api/v1/public/status", { signal })), enabled: open === true, refetchInterval: EACH_MS,
  });
  const { data } = found;
  return (
    <Open title={t("status.title")} about={t("status.about")}>
      {open === false ? <Empty icon={IconLock} title={t("status.closed")} text={t("status.closedText")} /> : null}
      {found.isError ? <ProblemText error={found.error} retry={() => found.refetch()} /> : null}
      {open === undefined || (open && found.isPending) ? <Center py={60}><Loader /></Center> : null}
      {data ? (
        data.models.length === 0 ? <Empty title={t("status.empty")} text={t("status.emptyText")} /> : (
          <>
            <Paper withBorder p="sm" mb="sm"><Status tone={TONES[data.state]}>{t(`status.all.${data.state}`)}</Status></Paper>
            <div className="models">
              {data.models.map((model) => (
                <Paper key={model.name} withBorder p="sm" component="article" aria-label={model.name}>
                  <Title order={2} size="h4" mb={6} className="wrap">{model.title || model.name}</Title>
                  <Level level={model} />
                </Paper>
              ))}
            </div>
          </>
        )
      ) : null}
    </Open>
  );
}

export default function StatusPage() {
  return <Loaded><Board /></Loaded>;
}
