import { IconShoppingCart } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "orders", lazy: () => import("./Page"), needs: "orders.read", reach: "organisation" }],
  nav: [{ to: "/orders", label: "orders:nav.list", icon: IconShoppingCart, group: "money", order: 20, needs: "orders.read", reach: "organisation" }],
};
export default area;
