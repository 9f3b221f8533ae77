import type { Area } from "~/app/areas";

const area: Area = {
  routes: [
    { path: "login", lazy: () => import("./Login"), public: true },
    { path: "register", lazy: () => import("./Register"), public: true },
    { path: "forgot", lazy: () => import("./Forgot"), public: true },
    { path: "reset", lazy: () => import("./Reset"), public: true },
  ],
};
export default area;
