import { IconChartHistogram } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "analytics", lazy: () => import("./Page"), needs: "reports.read" }],
  nav: [{ to: "/analytics", label: "analytics:nav.page", icon: IconChartHistogram, group: "work", order: 35, needs: "reports.read" }],
  palette: [
    { label: "analytics:nav.costs", to: "/analytics?chart=cost&when=30d", needs: "reports.read" },
    { label: "analytics:nav.channels", to: "/analytics?by=channel&chart=errors", needs: "reports.read", reach: "all" },
  ],
};
export default area;
