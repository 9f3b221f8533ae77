import { IconLayoutDashboard } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "", lazy: () => import("./Page") }],
  nav: [{ to: "/", label: "dashboard:nav.page", icon: IconLayoutDashboard, group: "work", order: 0, needs: "reports.read" }],
};
export default area;
