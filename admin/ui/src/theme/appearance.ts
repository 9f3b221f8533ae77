/** What a person chose of the console's look: presets and their parts, kept in this browser and in the account's preferences. */
import { useSyncExternalStore } from "react";
import { camel, siteLook } from "~/lib/siteLook";

export const ACCENTS = {
  ink: [0.17, 264],
  sky: [0.14, 240],
  teal: [0.1, 190],
  forest: [0.13, 152],
  clay: [0.13, 40],
  rose: [0.18, 12],
  violet: [0.19, 295],
  graphite: [0.015, 260],
} as const;
export type Accent = keyof typeof ACCENTS;

export const SCHEMES = ["auto", "light", "dark"] as const;
export const RADII = ["none", "small", "medium", "large"] as const;
export const SCALES = [0.9, 1, 1.1, 1.25] as const;
export const DENSITIES = ["compact", "normal", "roomy"] as const;

export const MONIES = ["site", "usd"] as const;

export type Appearance = {
  scheme: (typeof SCHEMES)[number];
  accent: Accent;
  /** Whether grounds and greys are warm paper or neutral. */
  ground: "neutral" | "warm" | "plain";
  radius: (typeof RADII)[number];
  scale: (typeof SCALES)[number];
  density: (typeof DENSITIES)[number];
  font: "system" | "serif" | "mono";
  /** Whether money is shown as the operator chose, or in USD all the same. */
  money: (typeof MONIES)[number];
};

export const USUAL: Appearance = {
  scheme: "auto", accent: "ink", ground: "neutral", radius: "small", scale: 1, density: "compact", font: "system", money: "site",
};

/** Named looks. A preset leaves light or dark, and what money is shown in, as they are. */
export const PRESETS = {
  calm: {},
  clay: { accent: "clay", ground: "warm", radius: "medium", font: "serif" },
  simpleLarge: { accent: "sky", ground: "plain", radius: "medium", scale: 1.25, density: "roomy" },
  graphite: { accent: "graphite", ground: "plain", radius: "none" },
  forest: { accent: "forest", ground: "warm" },
  violet: { accent: "violet", radius: "medium" },
  rose: { accent: "rose", radius: "large" },
  ocean: { accent: "teal" },
  terminal: { accent: "forest", ground: "plain", radius: "none", font: "mono" },
} as const satisfies Record<string, Partial<Appearance>>;
export type Preset = keyof typeof PRESETS;

const KEY = "gateway.appearance";
const watchers = new Set<() => void>();

function read(): Appearance {
  try {
    return accept(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return usual();
  }
}

/** The look of who has chosen nothing. */
function usual(): Appearance {
  const { scheme, preset = "" } = siteLook();
  const name = (Object.keys(PRESETS) as Preset[]).find((one) => one === camel(preset));
  return { ...USUAL, ...(name ? PRESETS[name] : {}), scheme: SCHEMES.find((one) => one === scheme) ?? USUAL.scheme };
}

/** What is known of a stored choice; the rest is as usual. */
export function accept(stored: unknown): Appearance {
  const whole = usual();
  const given = (stored && typeof stored === "object" ? stored : {}) as Record<string, unknown>;
  const one = <T,>(list: readonly T[], value: unknown, usual: T): T => (list.includes(value as T) ? (value as T) : usual);
  return {
    scheme: one(SCHEMES, given.scheme, whole.scheme),
    accent: one(Object.keys(ACCENTS) as Accent[], given.accent, whole.accent),
    ground: one(["neutral", "warm", "plain"] as const, given.ground, whole.ground),
    radius: one(RADII, given.radius, whole.radius),
    scale: one(SCALES, given.scale, whole.scale),
    density: one(DENSITIES, given.density, whole.density),
    font: one(["system", "serif", "mono"] as const, given.font, whole.font),
    money: one(MONIES, given.money, whole.money),
  };
}

let now = read();

export const appearance = (): Appearance => now;

/** Change parts of the look, here and in the other tabs. */
export function setAppearance(change: Partial<Appearance>): void {
  now = accept({ ...now, ...change });
  try {
    const before = JSON.parse(localStorage.getItem(KEY) ?? "{}") as object;
    localStorage.setItem(KEY, JSON.stringify({ ...before, ...now }));
  } catch {
    // Without storage it holds as long as the page.
  }
  for (const watcher of watchers) watcher();
}

window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  now = read();
  for (const watcher of watchers) watcher();
});

/** Read again what is stored: what stands for "not chosen" has changed. */
export function renewAppearance(): void {
  now = read();
  for (const watcher of watchers) watcher();
}

/** Call `watcher` at each change; the answer ends it. */
export function watchAppearance(watcher: (look: Appearance) => void): () => void {
  const call = () => watcher(now);
  watchers.add(call);
  return () => watchers.delete(call);
}

export const useAppearance = (): Appearance =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => now,
  );
