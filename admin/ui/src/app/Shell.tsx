/** The frame around all pages of somebody who is signed in: navigation, header, dialogs. */
import { ActionIcon, AppShell, Burger, Group, Loader, Center, Tooltip } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { IconLayoutSidebar, IconSearch } from "@tabler/icons-react";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { isProblem } from "~/api";
import { fetchMe, ME } from "~/api/me";
import { ProblemText } from "~/components/ProblemText";
import { usePhone } from "~/lib/hooks";
import { AccountMenu } from "./AccountMenu";
import { BottomBar } from "./BottomBar";
import { Brand } from "./Brand";
import { ConfirmHost } from "~/components/confirm";
import { CutTip } from "./CutTip";
import { Foot } from "./Foot";
import { LookMenu } from "./LookMenu";
import { Nav } from "./Nav";
import { KeyboardHelp } from "./KeyboardHelp";
import { Notices } from "./Notices";
import { openPalette, Palette } from "./Palette";
import { SessionDialogs } from "./SessionDialogs";
import { useStoredLook } from "./storedLook";

export default function Shell() {
  const location = useLocation();
  const me = useQuery({ queryKey: ME, queryFn: fetchMe, staleTime: 60_000 });
  if (me.isPending) return <Center h="100vh"><Loader /></Center>;
  if (isProblem(me.error) && me.error.status === 401) {
    const next = location.pathname + location.search;
    return <Navigate to={`/login${next === "/" ? "" : `?next=${encodeURIComponent(next)}`}`} replace />;
  }
  if (!me.data) return <Center h="100vh" p="md"><ProblemText error={me.error} retry={() => me.refetch()} /></Center>;
  return <Frame />;
}

function Frame() {
  const { t } = useTranslation();
  const phone = usePhone();
  const location = useLocation();
  const moving = useNavigation().state === "loading";
  const [narrow, setNarrow] = useLocalStorage({ key: "gateway.nav", defaultValue: false, getInitialValueInEffect: false });
  const [opened, drawer] = useDisclosure(false);
  useStoredLook();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on each other page
  useEffect(() => {
    drawer.close();
  }, [location.pathname]);
  return (
    <AppShell
      header={{ height: 48 }} navbar={{ width: narrow && !phone ? 56 : 216, breakpoint: "sm", collapsed: { mobile: !opened } }}
      footer={phone ? { height: 56 } : undefined} padding={phone ? "sm" : "md"} transitionDuration={0}
    >
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>{t("skip")}</button>
      <AppShell.Header className="header">
        <Group h="100%" px="sm" gap="xs" wrap="nowrap">
          <Burger hiddenFrom="sm" size="sm" opened={opened} onClick={drawer.toggle} aria-label={t("shell.menu")} aria-expanded={opened} />
          <Tooltip label={t("shell.collapse")}>
            <ActionIcon visibleFrom="sm" aria-label={t("shell.collapse")} aria-pressed={narrow} onClick={() => setNarrow(!narrow)}><IconLayoutSidebar size={18} /></ActionIcon>
          </Tooltip>
          <Brand />
          <button type="button" className="palette-button" aria-label={t("shell.search")} onClick={openPalette}>
            <IconSearch size={15} /><span>{t("shell.search")}</span><kbd>Ctrl K</kbd>
          </button>
          <Group gap={2} ml="auto" wrap="nowrap">
            {moving ? <Loader size={14} /> : null}
            <LookMenu />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="side" aria-label={t("shell.navigation")}><Nav narrow={narrow && !phone} /></AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Notices />
        <Suspense fallback={<Center h={240}><Loader /></Center>}><Outlet /></Suspense>
        <Foot />
      </AppShell.Main>
      {phone ? <AppShell.Footer className="header"><BottomBar more={drawer.toggle} /></AppShell.Footer> : null}
      <Palette />
      <KeyboardHelp />
      <ConfirmHost />
      <SessionDialogs />
      <CutTip />
      <ScrollRestoration getKey={(at) => at.pathname} />
    </AppShell>
  );
}
