import { IconWallet } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "wallet", lazy: () => import("./Page") }],
  nav: [{ to: "/wallet", label: "wallet:nav.page", icon: IconWallet, group: "money", order: 10, needs: "accounts.read" }],
  palette: [
    { label: "wallet:nav.topup", to: "/wallet", needs: "orders.write", words: "pay recharge credit" },
    { label: "wallet:nav.plans", to: "/wallet?tab=plans", needs: "orders.read", words: "subscription" },
  ],
};
export default area;
