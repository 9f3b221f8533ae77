import { IconUsers } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "users", lazy: () => import("./Page"), needs: "users.read", reach: "organisation" }],
  nav: [{ to: "/users", label: "users:nav.list", icon: IconUsers, group: "manage", order: 40, needs: "users.read", reach: "organisation" }],
  palette: [{ label: "users:nav.create", to: "/users?new=1", needs: "users.write", reach: "organisation" }],
};
export default area;
