/** Routes: where a request would go and why, and the rules by which channels leave and come back. The tab is in the URL. */
import { Loader, Tabs } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useCan } from "~/api";
import { Page } from "~/components";
import { Explain } from "./Explain";

const Policies = lazy(() => import("./Policies"));

export default function Routes() {
  const { t } = useTranslation("routes");
  const [url, setUrl] = useSearchParams();
  const reads = useCan()("settings.read", "all");
  const tab = reads && url.get("tab") === "policies" ? "policies" : "explain";
  return (
    <Page title={t("nav.list")} about={t("about")} wide={false}>
      <Tabs value={tab} onChange={(next) => setUrl(next === "policies" ? { tab: "policies" } : {})} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="explain">{t("tabs.explain")}</Tabs.Tab>
          {reads ? <Tabs.Tab value="policies">{t("tabs.policies")}</Tabs.Tab> : null}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="md">
          <Suspense fallback={<Loader size="sm" />}>{tab === "policies" ? <Policies /> : <Explain />}</Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
