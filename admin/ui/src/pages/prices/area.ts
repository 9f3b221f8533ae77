import { IconTags } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "prices", lazy: () => import("./Page"), needs: "prices.read", reach: "all" }],
  nav: [{ to: "/prices", label: "prices:nav.list", icon: IconTags, group: "money", order: 60, needs: "prices.read", reach: "all" }],
  palette: [{ label: "prices:nav.create", to: "/prices?new=1", needs: "prices.write", reach: "all" }],
};
export default area;
