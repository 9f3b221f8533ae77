import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "appearance", lazy: () => import("./Page") }],
  palette: [{ label: "appearance:nav.page", to: "/appearance", words: "theme dark light language" }],
};
export default area;
