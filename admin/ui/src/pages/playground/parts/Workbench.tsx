/** How the page is laid out: a bar, lanes, the input below them, the setup beside or over them. */
import { Drawer, VisuallyHidden } from "@mantine/core";
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { done } from "~/components/toast";
import { isTyping } from "~/lib/hooks";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { Bar } from "./Bar";
import { Composer } from "./Composer";
import { LaneTabs } from "./LaneTabs";
import { LaneView } from "./LaneView";
import { SetupPanel } from "./SetupPanel";

/** Narrower than this a lane is too narrow to stand beside another. */
const LANE_PX = 300;

export function Workbench() {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { talk, busy, kept } = playground.useState();
  const wide = useMediaQuery("(min-width: 1100px)", matchMedia("(min-width: 1100px)").matches);
  const [beside, setBeside] = useLocalStorage({ key: "gateway.playground.setup", defaultValue: true, getInitialValueInEffect: false });
  const [over, setOver] = useState(false);
  const [shown, setShown] = useState(talk.lanes[0]?.id);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const tabs = talk.lanes.length > 1 && room > 0 && room < talk.lanes.length * LANE_PX;
  const lanes = tabs ? talk.lanes.filter((lane, at) => lane.id === shown || (at === 0 && !talk.lanes.some((one) => one.id === shown))) : talk.lanes;

  useEffect(() => {
    const stop = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && (!isTyping(event) || event.target instanceof HTMLTextAreaElement)) playground.stop();
    };
    window.addEventListener("keydown", stop);
    return () => window.removeEventListener("keydown", stop);
  }, [playground]);
  useEffect(() => {
    if (kept !== "all") done(t(`kept.${kept}`));
  }, [kept, t]);

  return (
    <div className={styles.bench} data-setup={wide && beside ? "" : undefined}>
      <div className={styles.main} ref={frame}>
        <Bar setupShown={wide ? beside : over} onSetup={() => (wide ? setBeside(!beside) : setOver(!over))} />
        {tabs ? <LaneTabs lanes={talk.lanes} shown={lanes[0]?.id ?? ""} onShow={setShown} /> : null}
        <div className={styles.lanes}>{lanes.map((lane) => <LaneView key={lane.id} lane={lane} number={talk.lanes.indexOf(lane) + 1} alone={talk.lanes.length === 1} />)}</div>
        <Composer key={talk.id} />
      </div>
      {wide && beside ? <aside className={styles.setup} aria-label={t("setup.title")}><SetupPanel /></aside> : null}
      <Drawer
        opened={!wide && over} onClose={() => setOver(false)} position="right" size={360} title={t("setup.title")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <SetupPanel />
      </Drawer>
      <VisuallyHidden role="status">{busy.size > 0 ? t("waiting") : t("ready")}</VisuallyHidden>
    </div>
  );
}

function useWidth(element: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const watcher = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [element]);
  return width;
}
