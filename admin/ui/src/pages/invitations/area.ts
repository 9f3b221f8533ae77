import { IconMailPlus } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "invitations", lazy: () => import("./Page"), needs: "invitations.read", reach: "organisation" }],
  nav: [{ to: "/invitations", label: "invitations:nav.list", icon: IconMailPlus, group: "manage", order: 45, needs: "invitations.read", reach: "organisation" }],
};
export default area;
