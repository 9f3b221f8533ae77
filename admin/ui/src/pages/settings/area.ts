import { IconSettings } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "settings", lazy: () => import("./Page"), needs: "settings.read", reach: "all" }],
  nav: [{ to: "/settings", label: "settings:nav.page", icon: IconSettings, group: "system", order: 20, needs: "settings.read", reach: "all" }],
};
export default area;
