import { IconHourglass } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "tasks", lazy: () => import("./Page"), needs: "tasks.read" }],
  nav: [{ to: "/tasks", label: "tasks:nav.list", icon: IconHourglass, group: "work", order: 32, needs: "tasks.read" }],
  palette: [{ label: "tasks:nav.open", to: "/tasks?settlement=open", needs: "tasks.read" }],
};
export default area;
