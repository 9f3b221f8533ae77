/** Where lanes have no room beside each other: which one is shown. */
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Lane } from "../state/types";

export function LaneTabs({ lanes, shown, onShow }: { lanes: Lane[]; shown: string; onShow: (id: string) => void }) {
  const { t } = useTranslation("playground");
  const data = lanes.map((lane, at) => ({ value: lane.id, label: `${at + 1} ${lane.model || t("lane.choose")}` }));
  return <SegmentedControl fullWidth size="xs" data={data} value={shown} onChange={onShow} aria-label={t("lane.shown")} />;
}
