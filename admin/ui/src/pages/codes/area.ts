import { IconTicket } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "codes", lazy: () => import("./Page"), needs: "codes.read", reach: "all" }],
  nav: [{ to: "/codes", label: "codes:nav.list", icon: IconTicket, group: "money", order: 30, needs: "codes.read", reach: "all" }],
  palette: [{ label: "codes:nav.create", to: "/codes?new=1", needs: "codes.write", reach: "all" }],
};
export default area;
