/** The first two minutes: administrator, provider, test, key, a working call. Each step is in the URL, so it goes on where it was left. */
import { Anchor, Center, Loader, Stepper } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useSearchParams } from "react-router";
import { api, isProblem, ok } from "~/api";
import { fetchMe, ME } from "~/api/me";
import { ProblemText } from "~/components/ProblemText";
import { Door } from "../login/Door";
import { Account } from "./Account";
import { Answer } from "./Answer";
import { KeyStep } from "./KeyStep";
import { Provider } from "./Provider";
import { Test } from "./Test";

const STEPS = ["account", "provider", "test", "key", "answer"] as const;

export default function Setup() {
  const { t } = useTranslation("setup");
  const [url, setUrl] = useSearchParams();
  const queries = useQueryClient();
  const [token] = useState(() => location.hash.slice(1));
  const [secret, setSecret] = useState("");
  useEffect(() => {
    // The token is a secret: it leaves the address bar and the history.
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  const state = useQuery({ queryKey: ["setup"], queryFn: () => ok(api.GET("/api/v1/setup")) });
  const me = useQuery({ queryKey: ME, queryFn: fetchMe, retry: false, enabled: state.data?.needed === false });
  if (state.isPending || (state.data && !state.data.needed && me.isPending)) return <Center h="100vh"><Loader /></Center>;
  if (isProblem(me.error) && me.error.status === 401) return <Navigate to="/login?next=%2Fsetup" replace />;

  const channel = Number(url.get("channel")) || 0;
  const model = url.get("model") ?? "";
  const asked = STEPS.indexOf(url.get("step") as (typeof STEPS)[number]);
  // A key is shown once: who comes back without it makes another one.
  const later = channel === 0 ? 1 : asked === 4 && !secret ? 3 : Math.max(1, asked);
  const at = state.data?.needed ? 0 : later;
  const go = (step: (typeof STEPS)[number], more: Record<string, string> = {}) => setUrl({ ...Object.fromEntries(url), ...more, step });
  const made = async () => {
    await queries.invalidateQueries({ queryKey: ["setup"] });
    await queries.resetQueries({ queryKey: ME });
    go("provider");
  };
  return (
    <Door title={t("title")} about={t("about")} wide foot={at > 0 ? <Anchor component={Link} to="/" size="sm">{t("later")}</Anchor> : null}>
      {state.isError ? <ProblemText error={state.error} retry={() => state.refetch()} /> : null}
      {me.isError ? <ProblemText error={me.error} retry={() => me.refetch()} /> : null}
      <Stepper active={at} size="xs" iconSize={26} allowNextStepsSelect={false} wrap={false}>
        {STEPS.map((step) => <Stepper.Step key={step} aria-label={t(`steps.${step}`)} label={<span className="step-label">{t(`steps.${step}`)}</span>} />)}
      </Stepper>
      {at === 0 ? <Account token={token} onDone={made} /> : null}
      {at === 1 ? <Provider onDone={(id) => go("test", { channel: String(id) })} /> : null}
      {at === 2 ? <Test channel={channel} model={model} onBack={() => setUrl({})} onDone={(name) => go("key", { model: name })} /> : null}
      {at === 3 ? <KeyStep secret={secret} onMade={setSecret} onDone={() => go("answer")} /> : null}
      {at === 4 ? <Answer secret={secret} model={model} /> : null}
    </Door>
  );
}
