import { IconSpeakerphone } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "announcements", lazy: () => import("./Page"), needs: "announcements.write", reach: "all" }],
  nav: [
    { to: "/announcements", label: "announcements:nav.list", icon: IconSpeakerphone, group: "system", order: 40, needs: "announcements.write", reach: "all" },
  ],
  palette: [{ label: "announcements:nav.create", to: "/announcements?new=1", needs: "announcements.write", reach: "all" }],
};
export default area;
