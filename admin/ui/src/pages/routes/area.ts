import { IconRoute } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "routes", lazy: () => import("./Page"), needs: "channels.read", reach: "all" }],
  nav: [{ to: "/routes", label: "routes:nav.list", icon: IconRoute, group: "manage", order: 12, needs: "channels.read", reach: "all" }],
};
export default area;
