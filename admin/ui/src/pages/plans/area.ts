import { IconCalendarRepeat, IconId } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "plans", lazy: () => import("./Page"), needs: "plans.write", reach: "all" },
    { path: "subscriptions", lazy: () => import("./Subscriptions"), needs: "subscriptions.read", reach: "organisation" },
  ],
  nav: [
    { to: "/plans", label: "plans:nav.list", icon: IconCalendarRepeat, group: "money", order: 40, needs: "plans.write", reach: "all" },
    { to: "/subscriptions", label: "plans:nav.subscriptions", icon: IconId, group: "money", order: 42, needs: "subscriptions.read", reach: "organisation" },
  ],
  palette: [
    { label: "plans:nav.create", to: "/plans?new=1", needs: "plans.write", reach: "all" },
    { label: "plans:nav.give", to: "/subscriptions?new=1", needs: "subscriptions.manage", reach: "all" },
  ],
};
export default area;
