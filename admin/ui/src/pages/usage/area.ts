import { IconListDetails } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "usage", lazy: () => import("./Page"), needs: "logs.read" }],
  nav: [{ to: "/usage", label: "usage:nav.list", icon: IconListDetails, group: "work", order: 30, needs: "logs.read" }],
  palette: [{ label: "usage:nav.failed", to: "/usage?failed=true&when=24h", needs: "logs.read" }],
};
export default area;
