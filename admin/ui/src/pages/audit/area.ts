import { IconHistory } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "audit", lazy: () => import("./Page"), needs: "audit.read", reach: "organisation" }],
  nav: [{ to: "/audit", label: "audit:nav.list", icon: IconHistory, group: "system", order: 60, needs: "audit.read", reach: "organisation" }],
};
export default area;
