/** What the areas say of themselves (pages/<area>/area.ts). Nothing here knows an area by its name. */
import type { ComponentType } from "react";
import type { Reach } from "~/api";

export type Group = "work" | "manage" | "money" | "system";
export const GROUPS: Group[] = ["work", "manage", "money", "system"];

type Lazy = () => Promise<{ default: ComponentType }>;
type Needs = { needs?: string; reach?: Reach };

/** A page at `path` (no slash at its beginning). `public` pages are shown without a session, without the shell. */
export type AreaRoute = Needs & { path: string; lazy: Lazy; public?: boolean };
/** `area` is the name of its folder, and of its texts. */
export type Named = AreaRoute & { area: string };
/** An entry of the navigation. `label` is "area:nav.x"; below 640 px the first four of "work" are at the bottom. */
export type AreaNav = Needs & { to: string; label: string; icon: ComponentType<{ size?: number | string; stroke?: number }>; group: Group; order: number };
/** An action of the command palette; `words` are found too. */
export type AreaAction = Needs & { label: string; to: string; words?: string };
export type Area = { routes: AreaRoute[]; nav?: AreaNav[]; palette?: AreaAction[] };

const found = import.meta.glob<{ default: Area }>("../pages/*/area.ts", { eager: true });

export const areas: Area[] = Object.values(found).map((one) => one.default);
export const routes: Named[] = Object.entries(found).flatMap(([file, one]) => one.default.routes.map((route) => ({ ...route, area: file.split("/")[2] ?? "" })));
export const navigation: AreaNav[] = areas.flatMap((area) => area.nav ?? []).sort((one, other) => one.order - other.order);
export const actions: AreaAction[] = areas.flatMap((area) => area.palette ?? []);

/** The key of a navigation's text: "keys:nav.list" is in the namespace `nav` as "keys.list". */
export const navKey = (label: string): string => label.replace(/^([\w-]+):nav\./, "nav:$1.");
