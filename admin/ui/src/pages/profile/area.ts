import { IconUserCircle } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "profile", lazy: () => import("./Page") }],
  nav: [{ to: "/profile", label: "profile:nav.page", icon: IconUserCircle, group: "work", order: 90 }],
  palette: [
    { label: "profile:nav.security", to: "/profile?tab=security", words: "password totp 2fa passkey sessions" },
    { label: "profile:nav.notifications", to: "/profile?tab=notifications", words: "webhook email bark gotify" },
  ],
};
export default area;
