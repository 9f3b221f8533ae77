/** Mantine's theme of a chosen look. Contrasts are WCAG AA in every preset (tests/console/test_appearance.py). */
import { type CSSVariablesResolver, createTheme, type MantineThemeOverride } from "@mantine/core";
import { ACCENTS, type Appearance } from "./appearance";
import { darks, hex, type Shades, shades } from "./colour";

const SYSTEM = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", sans-serif';
const SERIF = 'ui-serif, "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif", "Noto Serif CJK SC", "Songti SC", serif';
export const MONO = 'ui-monospace, "SFMono-Regular", "JetBrains Mono", Menlo, Consolas, "Noto Sans Mono", "Noto Sans Mono CJK SC", monospace';

const NEUTRAL = { neutral: [0.012, 262], warm: [0.011, 75], plain: [0, 0] } as const;
const RADIUS = { none: 0, small: 4, medium: 7, large: 12 } as const;

/** Colours with a meaning; equal in all looks. */
export const MEANING: Record<string, Shades> = {
  red: shades(0.2, 25),
  orange: shades(0.16, 50),
  yellow: shades(0.14, 80),
  green: shades(0.15, 150),
  teal: shades(0.1, 185),
  blue: shades(0.16, 250),
  violet: shades(0.18, 295),
};

const px = (size: number): string => `calc(${size / 16}rem * var(--mantine-scale))`;

export function makeTheme(look: Appearance): MantineThemeOverride {
  const [chroma, hue] = ACCENTS[look.accent];
  const [tint, warmth] = NEUTRAL[look.ground];
  const radius = RADIUS[look.radius];
  const small = look.density === "roomy" ? "sm" : "xs";
  const field = { defaultProps: { size: small } };
  return createTheme({
    primaryColor: "accent",
    primaryShade: 6,
    scale: look.scale,
    colors: { ...MEANING, accent: shades(chroma, hue), gray: shades(tint, warmth), dark: darks(tint, warmth) },
    fontFamily: look.font === "mono" ? MONO : SYSTEM,
    fontFamilyMonospace: MONO,
    headings: {
      fontFamily: look.font === "serif" ? SERIF : look.font === "mono" ? MONO : SYSTEM,
      fontWeight: "600",
      sizes: { h1: { fontSize: px(20) }, h2: { fontSize: px(16) }, h3: { fontSize: px(14) }, h4: { fontSize: px(13) } },
    },
    fontSizes: { xs: px(12), sm: px(13), md: px(14), lg: px(16), xl: px(18) },
    defaultRadius: "sm",
    radius: { xs: `${radius / 2}px`, sm: `${radius}px`, md: `${radius * 1.25}px`, lg: `${radius * 1.5}px`, xl: `${radius * 2}px` },
    cursorType: "pointer",
    respectReducedMotion: true,
    // Without their modules: a page loads only the components that it has.
    components: {
      ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "md" } },
      Anchor: { defaultProps: { underline: "hover" } },
      Badge: { defaultProps: { variant: "light", radius: "sm", size: "sm" }, styles: { root: { textTransform: "none", fontWeight: 500 } } },
      Button: { defaultProps: { size: small }, styles: { root: { fontWeight: 500 } } },
      Drawer: { defaultProps: { attributes: { header: { role: "presentation" } }, closeButtonProps: { "aria-label": "×" } } },
      Modal: { defaultProps: { attributes: { header: { role: "presentation" } }, centered: true } },
      Loader: { defaultProps: { size: "sm" } },
      Menu: { defaultProps: { shadow: "md", position: "bottom-end" } },
      Paper: { defaultProps: { radius: "sm" } },
      // What scrolls sideways is reached by the keyboard too.
      TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
      Table: { defaultProps: { verticalSpacing: 6 } },
      Tooltip: { defaultProps: { openDelay: 250, events: { hover: true, focus: true, touch: false } } },
      TextInput: field, PasswordInput: field, NumberInput: field,
      Select: field, MultiSelect: field, Textarea: field,
      TagsInput: field, Autocomplete: field,
    },
  });
}

const ROW = { compact: "32px", normal: "40px", roomy: "46px" } as const;

/** What Mantine leaves below AA, and the console's own variables (--c-...). */
export function makeVariables(look: Appearance): CSSVariablesResolver {
  const [tint, warmth] = NEUTRAL[look.ground];
  const ground = look.ground === "warm" ? hex(0.985, 0.008, 85) : "#ffffff";
  return (theme) => {
    const light: Record<string, string> = {};
    const dark: Record<string, string> = {};
    for (const [name, all] of Object.entries(theme.colors)) {
      if (name === "dark") continue;
      light[`--mantine-color-${name}-light`] = all[1];
      light[`--mantine-color-${name}-light-hover`] = all[2];
      light[`--mantine-color-${name}-light-color`] = all[7];
      light[`--mantine-color-${name}-text`] = all[7];
      light[`--mantine-color-${name}-outline`] = all[7];
      dark[`--mantine-color-${name}-light`] = `color-mix(in srgb, ${all[5]} 16%, transparent)`;
      dark[`--mantine-color-${name}-light-hover`] = `color-mix(in srgb, ${all[5]} 24%, transparent)`;
      dark[`--mantine-color-${name}-light-color`] = all[3];
      dark[`--mantine-color-${name}-text`] = all[3];
      dark[`--mantine-color-${name}-outline`] = all[4];
    }
    return {
      variables: { "--c-row": ROW[look.density], "--c-mono": MONO },
      light: {
        ...light,
        "--mantine-color-body": ground,
        "--mantine-color-text": hex(0.23, tint * 1.5, warmth),
        "--mantine-color-dimmed": hex(0.47, tint * 1.5, warmth),
        "--mantine-color-placeholder": hex(0.52, tint, warmth),
        "--mantine-color-error": theme.colors.red?.[7] ?? "",
        "--mantine-color-anchor": theme.colors.accent?.[7] ?? "",
        "--mantine-color-default-border": hex(0.87, tint, warmth),
        "--c-side": hex(0.972, tint * 0.6, warmth),
        "--c-raised": look.ground === "warm" ? "#fffefb" : "#ffffff",
        "--c-line": hex(0.915, tint * 0.8, warmth),
        "--c-hover": hex(0.965, tint * 0.8, warmth),
      },
      dark: {
        ...dark,
        "--mantine-color-body": hex(0.195, tint, warmth),
        "--mantine-color-text": hex(0.91, tint * 0.5, warmth),
        "--mantine-color-dimmed": hex(0.72, tint, warmth),
        "--mantine-color-placeholder": hex(0.66, tint, warmth),
        "--mantine-color-error": theme.colors.red?.[4] ?? "",
        "--mantine-color-anchor": theme.colors.accent?.[4] ?? "",
        "--mantine-color-default": hex(0.235, tint, warmth),
        "--mantine-color-default-hover": hex(0.27, tint, warmth),
        "--mantine-color-default-border": hex(0.37, tint, warmth),
        "--c-side": hex(0.172, tint, warmth),
        "--c-raised": hex(0.225, tint, warmth),
        "--c-line": hex(0.29, tint, warmth),
        "--c-hover": hex(0.245, tint, warmth),
      },
    };
  };
}
