/** One's money, or that of one's organisation: what there is, how it comes, where it went. */
import { SegmentedControl, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, ok, useCan, useMe } from "~/api";
import { Empty, Page } from "~/components";
import { Entries } from "./Entries";
import { Invite } from "./Invite";
import { Orders } from "./Orders";
import { Overview } from "./Overview";
import { Plans } from "./Plans";
import { Statements } from "./Statements";
import { accountOf, mine, ours } from "./whose";

const TABS = ["balance", "entries", "orders", "plans", "statements", "invite"] as const;
const NEEDS: Partial<Record<(typeof TABS)[number], string>> = { orders: "orders.read", plans: "orders.read", statements: "orders.read" };

export default function Wallet() {
  const { t } = useTranslation("wallet");
  const [url, setUrl] = useSearchParams();
  const me = useMe();
  const can = useCan();
  const organisation = ours(me, can("accounts.read", "organisation"));
  const order = url.get("order");
  const paid = useQuery({
    queryKey: ["wallet", "order", order], enabled: order !== null && organisation !== null,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/orders/{number}", { params: { path: { number: order ?? "" } }, signal })),
  });
  const named = useQuery({
    queryKey: ["wallet", "named", organisation?.name], enabled: organisation !== null, staleTime: 300_000,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/accounts/{account}", { params: { path: { account: organisation ? accountOf(organisation) : "" } }, signal })),
  });
  // Who comes back from paying comes to the wallet that was paid for.
  const back = paid.data?.order.account_kind === "organisation" && !url.has("of");
  useEffect(() => {
    if (back) setUrl((now) => new URLSearchParams([...now, ["of", "organisation"]]), { replace: true });
  }, [back, setUrl]);
  const whose = organisation && (back || url.get("of") === "organisation") ? organisation : mine(me);
  const own = whose.kind === "user";
  const tabs = TABS.filter((one) => (own || one !== "invite") && (!NEEDS[one] || can(NEEDS[one] ?? "", own ? "own" : "organisation")));
  const tab = tabs.find((one) => one === url.get("tab")) ?? "balance";
  const go = (of: string, to: string) => setUrl({ ...(of === "organisation" ? { of } : {}), ...(to === "balance" ? {} : { tab: to }) }, { replace: true });
  if (me.id === null) return <Page title={t("nav.page")}><Empty title={t("nobody.title")} text={t("nobody.text")} /></Page>;
  return (
    <Page
      title={t("nav.page")} about={t(own ? "about" : "aboutOrganisation")}
      actions={organisation ? (
        <SegmentedControl
          size="xs" aria-label={t("whose")} value={whose.kind} onChange={(kind) => go(kind, tab)}
          data={[{ value: "user", label: t("mine") }, { value: "organisation", label: named.data?.name || t("ours") }]}
        />
      ) : undefined}
    >
      <Tabs value={tab} onChange={(value) => go(whose.kind, value ?? "balance")} keepMounted={false} key={whose.kind}>
        <Tabs.List mb="md">{tabs.map((one) => <Tabs.Tab key={one} value={one}>{t(`tabs.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="balance"><Overview order={order} whose={whose} /></Tabs.Panel>
        <Tabs.Panel value="entries"><Entries account={accountOf(whose)} /></Tabs.Panel>
        <Tabs.Panel value="orders"><Orders whose={whose} id={(own ? me.id : me.organisation_id) ?? 0} /></Tabs.Panel>
        <Tabs.Panel value="plans"><Plans whose={whose} /></Tabs.Panel>
        <Tabs.Panel value="statements"><Statements whose={whose} /></Tabs.Panel>
        <Tabs.Panel value="invite"><Invite /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
