import { IconBoxModel2, IconBuildingFactory2 } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "catalogue", lazy: () => import("./Models"), needs: "models.read", reach: "all" },
    { path: "catalogue/vendors", lazy: () => import("./Vendors"), needs: "models.read", reach: "all" },
  ],
  nav: [
    { to: "/catalogue", label: "catalogue:nav.models", icon: IconBoxModel2, group: "manage", order: 14, needs: "models.read", reach: "all" },
    { to: "/catalogue/vendors", label: "catalogue:nav.vendors", icon: IconBuildingFactory2, group: "manage", order: 15, needs: "models.read", reach: "all" },
  ],
  palette: [{ label: "catalogue:nav.create", to: "/catalogue?new=1", needs: "models.write", reach: "all" }],
};
export default area;
