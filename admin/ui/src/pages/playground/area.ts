/** The playground: its page and its entry of the navigation. */
import { IconMessageChatbot } from "@tabler/icons-react";
import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "playground", lazy: () => import("./Page") }],
  nav: [{ to: "/playground", label: "playground:nav.title", icon: IconMessageChatbot, group: "work", order: 20 }],
  palette: [{ label: "playground:nav.title", to: "/playground", words: "chat test try model prompt" }],
};
export default area;
