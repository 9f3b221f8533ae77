import { IconServer2 } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "system", lazy: () => import("./Page"), needs: "status.read", reach: "all" },
    { path: "system/jobs", lazy: () => import("./Jobs"), needs: "jobs.read", reach: "all" },
  ],
  nav: [{ to: "/system", label: "system:nav.page", icon: IconServer2, group: "system", order: 10, needs: "status.read", reach: "all" }],
  palette: [{ label: "system:nav.jobs", to: "/system/jobs", needs: "jobs.read", reach: "all" }],
};
export default area;
