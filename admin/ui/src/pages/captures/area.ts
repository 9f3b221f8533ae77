import { IconFileSearch } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "captures", lazy: () => import("./Page"), needs: "captures.write" }],
  nav: [{ to: "/captures", label: "captures:nav.list", icon: IconFileSearch, group: "system", order: 55, needs: "captures.write" }],
  palette: [{ label: "captures:nav.create", to: "/captures?new=1", needs: "captures.write" }],
};
export default area;
