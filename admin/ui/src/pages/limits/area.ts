import { IconGauge, IconPigMoney } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "budgets", lazy: () => import("./Budgets"), needs: "budgets.read", reach: "organisation" },
    { path: "limits", lazy: () => import("./Limits"), needs: "limits.read", reach: "all" },
  ],
  nav: [
    { to: "/budgets", label: "limits:nav.budgets", icon: IconPigMoney, group: "money", order: 50, needs: "budgets.read", reach: "organisation" },
    { to: "/limits", label: "limits:nav.limits", icon: IconGauge, group: "manage", order: 25, needs: "limits.read", reach: "all" },
  ],
  palette: [
    { label: "limits:nav.newBudget", to: "/budgets?new=1", needs: "budgets.write", reach: "organisation" },
    { label: "limits:nav.newLimit", to: "/limits?new=1", needs: "limits.write", reach: "all" },
  ],
};
export default area;
