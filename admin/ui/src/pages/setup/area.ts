import type { Area } from "~/app/areas";

const area: Area = {
  routes: [{ path: "setup", lazy: () => import("./Setup"), public: true }],
  palette: [{ label: "setup:nav.wizard", to: "/setup", needs: "channels.write", reach: "all", words: "wizard start first" }],
};
export default area;
