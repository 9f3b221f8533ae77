import { IconBuilding } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "organisations", lazy: () => import("./Page"), needs: "organisations.read", reach: "organisation" }],
  nav: [{ to: "/organisations", label: "organisations:nav.list", icon: IconBuilding, group: "manage", order: 50, needs: "organisations.read", reach: "organisation" }],
  palette: [{ label: "organisations:nav.create", to: "/organisations?new=1", needs: "organisations.write", reach: "all" }],
};
export default area;
