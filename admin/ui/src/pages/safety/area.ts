import { IconShieldCheck } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "safety", lazy: () => import("./Page"), needs: "safety.read", reach: "all" }],
  nav: [{ to: "/safety", label: "safety:nav.list", icon: IconShieldCheck, group: "system", order: 50, needs: "safety.read", reach: "all" }],
  palette: [
    { label: "safety:nav.create", to: "/safety?new=1", needs: "safety.write", reach: "all" },
    { label: "safety:nav.try", to: "/safety?try=1", needs: "safety.read", reach: "all" },
  ],
};
export default area;
