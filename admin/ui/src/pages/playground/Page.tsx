/** The playground: one input, up to four models, their answers side by side. */
import { Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, type Schema, useCan, useMe } from "~/api";
import { Empty } from "~/components/Empty";
import { ProblemText } from "~/components/ProblemText";
import { useTitle } from "~/components/useTitle";
import { Workbench } from "./parts/Workbench";
import { PlaygroundContext, type Shared } from "./state/context";
import { newTalk, plainSetup } from "./state/edits";
import { readLink } from "./state/link";
import { ask } from "./state/sending";
import { Shelf } from "./state/storage";
import { Playground } from "./state/store";
import type { Talk } from "./state/types";
import { mostUsed } from "./state/used";
import { settled, usual } from "./state/usual";

export default function Page() {
  const { t } = useTranslation("playground");
  const offered = useQuery({
    queryKey: ["models", "offered"],
    queryFn: () => ok(api.GET("/api/v1/models/offered")),
    staleTime: 60_000,
  });
  useTitle(t("title"));
  if (offered.isPending) return <Center h={240}><Loader /></Center>;
  if (!offered.data) return <ProblemText error={offered.error} retry={() => offered.refetch()} />;
  if (offered.data.models.length === 0) return <Empty title={t("none.title")} text={t("none.text")} />;
  return <Begun models={offered.data.models} />;
}

/** Asks what is used most, where nothing in the browser or the address says which model to begin with. */
function Begun({ models }: { models: Schema<"OfferedModel">[] }) {
  const me = useMe();
  const [url] = useSearchParams();
  const may = useCan()("reports.read");
  const [shelf] = useState(() => new Shelf(localStorage, me.id ?? "token"));
  const [open] = useState(() => may && !readLink(url) && !settled(shelf, models));
  const used = useQuery({ queryKey: ["playground", "used"], queryFn: mostUsed, enabled: open, staleTime: 300_000 });
  if (open && used.isPending) return <Center h={240}><Loader /></Center>;
  return <Ready models={models} shelf={shelf} used={used.data ?? []} />;
}

function Ready({ models, shelf, used }: { models: Schema<"OfferedModel">[]; shelf: Shelf; used: string[] }) {
  const [url, setUrl] = useSearchParams();
  const [playground] = useState(() => new Playground(firstTalk(url, shelf, models, used), shelf));
  const { talk } = playground.useState();
  useEffect(() => {
    // The conversation on the page is named in the address; parameters of a link were taken over.
    if (url.get("talk") !== talk.id) setUrl({ talk: talk.id }, { replace: true });
  }, [talk.id, url, setUrl]);
  useEffect(() => {
    window.addEventListener("pagehide", playground.keep);
    return () => {
      window.removeEventListener("pagehide", playground.keep);
      playground.stop();
      playground.keep();
    };
  }, [playground]);
  const shared = useMemo<Shared>(() => {
    const prices = new Map(models.map((model) => [model.name, model.price]));
    return { playground, models, prices, ask: (lanes) => void ask(playground, lanes, prices) };
  }, [playground, models]);
  return (
    <PlaygroundContext value={shared}>
      <Workbench />
    </PlaygroundContext>
  );
}

/** What the address asks for, else the conversation of last time, else a new one. */
function firstTalk(url: URLSearchParams, shelf: Shelf, models: Schema<"OfferedModel">[], used: string[]): Talk {
  const link = readLink(url);
  if (link) return newTalk(link.lanes, { ...plainSetup(), settings: link.settings });
  const named = url.get("talk");
  const found = (named && shelf.load(named)) || shelf.load(shelf.list()[0]?.id ?? "");
  if (found) return found;
  return newTalk([usual(models, shelf.last(), used)]);
}
