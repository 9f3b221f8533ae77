/** One model: which it is, what was said, what it is saying. */
import { ActionIcon, Group, Select, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { memo, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { PROTOCOL_NAMES, type ProtocolName } from "~/lib/protocols";
import styles from "../playground.module.css";
import { useShared } from "../state/context";
import { changeLane, openCalls, removeLane } from "../state/edits";
import type { Lane } from "../state/types";
import { AnswerTurn } from "./AnswerTurn";
import { Hello } from "./Hello";
import { LiveTurn } from "./LiveTurn";
import { ToolResults } from "./ToolResults";
import { UserTurn } from "./UserTurn";

export const LaneView = memo(function LaneView({ lane, number, alone }: { lane: Lane; number: number; alone: boolean }) {
  const { t } = useTranslation("playground");
  const { playground } = useShared();
  const { busy } = playground.useState();
  const waits = busy.has(lane.id);
  const thread = useBottom(playground.useLive(lane.id), lane.items.length);
  const calls = waits ? [] : openCalls(lane);
  // The same model may be asked twice: the number tells its lanes apart.
  const name = `${alone ? "" : `${number} `}${lane.model || t("lane.choose")}`;
  return (
    <section className={styles.lane} aria-label={name}>
      <VisuallyHidden><h2>{name}</h2></VisuallyHidden>
      <LaneHead lane={lane} alone={alone} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard */}
      <div className={styles.thread} ref={thread} tabIndex={0} role="log" aria-live="off" aria-label={t("lane.thread", { model: name })}>
        <div className={styles.turns}>
          {lane.items.length === 0 && !waits ? <Hello /> : null}
          {lane.items.map((item) =>
            item.kind === "user" ? <UserTurn key={item.id} item={item} lane={lane.id} /> : <AnswerTurn key={item.id} item={item} lane={lane.id} />,
          )}
          {waits ? <LiveTurn lane={lane.id} /> : null}
          {calls.length > 0 ? <ToolResults key={lane.items.at(-1)?.id} calls={calls} lane={lane.id} /> : null}
        </div>
      </div>
    </section>
  );
});

function LaneHead({ lane, alone }: { lane: Lane; alone: boolean }) {
  const { t } = useTranslation("playground");
  const { playground, models } = useShared();
  const names = useMemo(() => {
    const all = models.map((model) => model.name);
    return lane.model === "" || all.includes(lane.model) ? all : [lane.model, ...all];
  }, [models, lane.model]);
  const set = (change: Partial<Lane>) => playground.change((talk) => changeLane(talk, lane.id, (found) => ({ ...found, ...change })));
  return (
    <Group className={styles.laneHead} gap={6} wrap="nowrap">
      <Select
        searchable data={names} value={lane.model || null} placeholder={t("lane.choose")} aria-label={t("lane.model")} limit={200}
        onChange={(model) => model && set({ model })} allowDeselect={false} nothingFoundMessage={t("lane.unknown")} className={styles.model}
        comboboxProps={{ width: 320, position: "bottom-start" }}
      />
      <Select
        data={PROTOCOL_NAMES.map((value) => ({ value, label: t(`protocol.${value}`) }))} value={lane.protocol} aria-label={t("lane.protocol")}
        onChange={(protocol) => protocol && set({ protocol: protocol as ProtocolName })} allowDeselect={false} className={styles.protocol}
        comboboxProps={{ width: 220, position: "bottom-end" }}
      />
      {alone ? null : (
        <Tooltip label={t("lane.remove")}>
          <ActionIcon
            aria-label={t("lane.remove")}
            onClick={() => {
              playground.stop(lane.id);
              playground.change((talk) => removeLane(talk, lane.id));
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}

/** Keeps the end in sight while something comes, unless the reader has gone up. */
function useBottom(...changes: unknown[]) {
  const element = useRef<HTMLDivElement>(null);
  const held = useRef(true);
  useEffect(() => {
    const found = element.current;
    if (!found) return;
    const note = () => {
      held.current = found.scrollHeight - found.scrollTop - found.clientHeight < 60;
    };
    found.addEventListener("scroll", note, { passive: true });
    return () => found.removeEventListener("scroll", note);
  }, []);
  useLayoutEffect(() => {
    if (held.current && element.current) element.current.scrollTop = element.current.scrollHeight;
    // biome-ignore lint/correctness/useExhaustiveDependencies: what has grown
  }, changes);
  return element;
}
