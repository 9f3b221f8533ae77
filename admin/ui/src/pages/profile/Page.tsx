/** One's own account: who one is, how one signs in, where else, what one is told, how the console looks. */
import { Tabs } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useCan, useMe } from "~/api";
import { Empty, Page } from "~/components";
import { Account } from "./Account";
import { Bindings } from "./Bindings";
import { Security } from "./Security";

const Notifications = lazy(() => import("./Notifications"));
const Look = lazy(() => import("./Look"));

export default function Profile() {
  const { t } = useTranslation("profile");
  const [url, setUrl] = useSearchParams();
  const me = useMe();
  const can = useCan();
  const tabs = ["account", "security", "bindings", ...(can("notifications.read") ? ["notifications" as const] : []), "look"] as const;
  const tab = tabs.find((one) => one === url.get("tab")) ?? "account";
  if (me.kind !== "session") return <Page title={t("nav.page")}><Empty title={t("nobody.title")} text={t("nobody.text")} /></Page>;
  return (
    <Page title={t("nav.page")} about={t("about")} wide={false}>
      <Tabs value={tab} onChange={(value) => setUrl(value && value !== "account" ? { tab: value } : {}, { replace: true })} keepMounted={false}>
        <Tabs.List mb="md">{tabs.map((one) => <Tabs.Tab key={one} value={one}>{t(`tabs.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Suspense>
          <Tabs.Panel value="account"><Account /></Tabs.Panel>
          <Tabs.Panel value="security"><Security /></Tabs.Panel>
          <Tabs.Panel value="bindings"><Bindings /></Tabs.Panel>
          <Tabs.Panel value="notifications"><Notifications /></Tabs.Panel>
          <Tabs.Panel value="look"><Look /></Tabs.Panel>
        </Suspense>
      </Tabs>
    </Page>
  );
}
