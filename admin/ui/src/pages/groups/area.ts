import { IconUsersGroup } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "groups", lazy: () => import("./Page"), needs: "groups.read", reach: "all" }],
  nav: [{ to: "/groups", label: "groups:nav.list", icon: IconUsersGroup, group: "manage", order: 60, needs: "groups.read", reach: "all" }],
  palette: [{ label: "groups:nav.create", to: "/groups?new=1", needs: "groups.write", reach: "all" }],
};
export default area;
