import { IconShieldLock } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "roles", lazy: () => import("./Page"), needs: "roles.read", reach: "organisation" }],
  nav: [{ to: "/roles", label: "roles:nav.list", icon: IconShieldLock, group: "manage", order: 65, needs: "roles.read", reach: "organisation" }],
  palette: [{ label: "roles:nav.create", to: "/roles?new=1", needs: "roles.write", reach: "organisation" }],
};
export default area;
