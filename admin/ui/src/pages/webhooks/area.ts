import { IconWebhook } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "webhooks", lazy: () => import("./Page"), needs: "webhooks.read" },
    { path: "webhooks/events", lazy: () => import("./Events"), needs: "webhooks.read" },
    { path: "webhooks/:target", lazy: () => import("./Deliveries"), needs: "webhooks.read" },
  ],
  nav: [{ to: "/webhooks", label: "webhooks:nav.list", icon: IconWebhook, group: "system", order: 60, needs: "webhooks.read" }],
  palette: [
    { label: "webhooks:nav.create", to: "/webhooks?new=1", needs: "webhooks.write" },
    { label: "webhooks:nav.events", to: "/webhooks/events", needs: "webhooks.read" },
  ],
};
export default area;
