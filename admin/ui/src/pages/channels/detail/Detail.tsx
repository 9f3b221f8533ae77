/** A channel beside the list: what it is and how it does, its settings, keys, models, rules, tests and history. The tab is in the URL. */
import { Button, Group, Loader, Stack, Tabs } from "@mantine/core";
import { IconCash, IconCopy, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTestPipe, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useCan } from "~/api";
import type { Channel } from "../parts/data";
import type { ChannelActions } from "../parts/useChannelActions";
import { Overview } from "./Overview";

const Editor = lazy(() => import("../form/Editor"));
const Keys = lazy(() => import("./Keys"));
const Models = lazy(() => import("./Models"));
const Rules = lazy(() => import("./Rules"));
const Test = lazy(() => import("./Test"));
const History = lazy(() => import("./History"));

const TABS = ["overview", "settings", "keys", "models", "rules", "test", "history"] as const;
type Tab = (typeof TABS)[number];
const WRITING: Tab[] = ["settings", "rules", "test"];

type Props = { channel: Channel; resting: ReadonlySet<number>; acts: ChannelActions; close: () => void };

export default function Detail({ channel, resting, acts, close }: Props) {
  const { t } = useTranslation(["channels", "common"]);
  const can = useCan();
  const writes = can("channels.write", "all");
  const [url, setUrl] = useSearchParams();
  const tabs = TABS.filter((one) => (writes || !WRITING.includes(one)) && (one !== "history" || can("audit.read", "all")));
  const tab = tabs.find((one) => one === url.get("tab")) ?? "overview";
  const go = (next: string | null) =>
    setUrl(
      (before) => {
        const params = new URLSearchParams(before);
        if (!next || next === "overview") params.delete("tab");
        else params.set("tab", next);
        return params;
      },
      { replace: true, preventScrollReset: true, state: history.state?.usr },
    );
  return (
    <Stack gap="sm">
      {writes ? (
        <Group gap={6}>
          <Button size="compact-sm" variant="default" leftSection={<IconTestPipe size={14} />} onClick={() => acts.test(channel)}>{t("test.run")}</Button>
          <Button size="compact-sm" variant="default" leftSection={channel.enabled ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />} onClick={() => acts.toggle(channel)}>{t(channel.enabled ? "disable" : "enable")}</Button>
          <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => acts.retry(channel)}>{t("retry")}</Button>
          <Button size="compact-sm" variant="default" leftSection={<IconCash size={14} />} onClick={() => acts.balance(channel)}>{t("askBalance")}</Button>
          <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} />} onClick={() => acts.copy(channel)}>{t("copy")}</Button>
          <Button size="compact-sm" variant="default" c="var(--mantine-color-error)" leftSection={<IconTrash size={14} />} onClick={() => acts.remove(channel, close)}>{t("remove")}</Button>
        </Group>
      ) : null}
      <Tabs value={tab} onChange={go} keepMounted={false}>
        <Tabs.List>{tabs.map((one) => <Tabs.Tab key={one} value={one} px="sm">{t(`tabs.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value={tab} pt="sm">
          <Suspense fallback={<Loader size="sm" />}>
            {tab === "overview" ? <Overview channel={channel} resting={resting} /> : null}
            {tab === "settings" ? <Editor id={channel.id} onSaved={acts.refresh} close={() => go(null)} /> : null}
            {tab === "keys" ? <Keys channel={channel} /> : null}
            {tab === "models" ? <Models channel={channel} /> : null}
            {tab === "rules" ? <Rules channel={channel} /> : null}
            {tab === "test" ? <Test channel={channel} /> : null}
            {tab === "history" ? <History channel={channel} /> : null}
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
