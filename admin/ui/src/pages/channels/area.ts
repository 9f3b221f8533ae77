import { IconPlugConnected } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "channels", lazy: () => import("./Page"), needs: "channels.read", reach: "all" }],
  nav: [{ to: "/channels", label: "channels:nav.list", icon: IconPlugConnected, group: "manage", order: 10, needs: "channels.read", reach: "all" }],
  palette: [{ label: "channels:nav.create", to: "/channels?new=1", needs: "channels.write", reach: "all" }],
};
export default area;
