import { IconUsersPlus } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "teams", lazy: () => import("./Page"), needs: "organisations.read" }],
  nav: [{ to: "/teams", label: "teams:nav.list", icon: IconUsersPlus, group: "manage", order: 42, needs: "organisations.read" }],
  palette: [{ label: "teams:nav.create", to: "/teams?new=1", needs: "organisations.write", reach: "organisation" }],
};
export default area;
