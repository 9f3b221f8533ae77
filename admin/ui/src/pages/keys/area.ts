import { IconKey } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "keys", lazy: () => import("./Page"), needs: "keys.read" }],
  nav: [{ to: "/keys", label: "keys:nav.list", icon: IconKey, group: "work", order: 20, needs: "keys.read" }],
  palette: [{ label: "keys:nav.create", to: "/keys?new=1", needs: "keys.write" }],
};
export default area;
