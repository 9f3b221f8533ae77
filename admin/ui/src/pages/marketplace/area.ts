import { IconApps } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "models", lazy: () => import("./Models"), public: true },
    { path: "status", lazy: () => import("./StatusPage"), public: true },
  ],
  nav: [{ to: "/models", label: "marketplace:nav.models", icon: IconApps, group: "work", order: 90 }],
  palette: [{ label: "marketplace:nav.status", to: "/status" }],
};
export default area;
