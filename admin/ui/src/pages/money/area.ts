import { IconArrowsExchange, IconBook2 } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "money", lazy: () => import("./Page"), needs: "accounts.read", reach: "organisation" },
    { path: "accounts", lazy: () => import("./Accounts"), needs: "accounts.read", reach: "organisation" },
  ],
  nav: [
    { to: "/money", label: "money:nav.flow", icon: IconArrowsExchange, group: "money", order: 15, needs: "accounts.read", reach: "organisation" },
    { to: "/accounts", label: "money:nav.accounts", icon: IconBook2, group: "money", order: 17, needs: "accounts.read", reach: "organisation" },
  ],
  palette: [{ label: "money:nav.flow", to: "/money", needs: "accounts.read", reach: "organisation", words: "revenue income margin cash flow ledger" }],
};
export default area;
