/** Charts, loaded only where they are used. Colours follow the theme. */
import { lazy } from "react";

const loads = { TimeChart: () => import("./TimeChart"), BarList: () => import("./BarList"), Sparkline: () => import("./Sparkline") };
export const TimeChart = lazy(loads.TimeChart);
export const BarList = lazy(loads.BarList);
export const Sparkline = lazy(loads.Sparkline);

/** Fetch them while their numbers are asked for. What fails is asked for again where it is drawn. */
export function fetchCharts(...names: (keyof typeof loads)[]): void {
  for (const name of names) void loads[name]().catch(() => {});
}
