/** Colours from lightness, chroma and hue (OKLCH), so that all accents have the same contrasts. Pure; tested by colour.test.ts. */

export type Shades = [string, string, string, string, string, string, string, string, string, string];

const LIGHTNESS = [0.975, 0.945, 0.89, 0.82, 0.745, 0.64, 0.525, 0.47, 0.41, 0.34];
const STRENGTH = [0.1, 0.22, 0.42, 0.65, 0.85, 1, 1, 0.95, 0.85, 0.7];
const DARK = [0.91, 0.82, 0.74, 0.64, 0.4, 0.34, 0.285, 0.24, 0.205, 0.175];

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const gamma = (part: number): number => (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055);

function channels(l: number, chroma: number, hue: number): number[] {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ];
}

/** A colour as #rrggbb; chroma gives way until the screen can show it. */
export function hex(lightness: number, chroma: number, hue: number): string {
  let strength = chroma;
  let parts = channels(lightness, strength, hue);
  while (strength > 0 && parts.some((part) => part < -0.0005 || part > 1.0005)) {
    strength = Math.max(0, strength - 0.005);
    parts = channels(lightness, strength, hue);
  }
  const text = parts.map((part) => Math.round(gamma(Math.min(1, Math.max(0, part))) * 255).toString(16).padStart(2, "0"));
  return `#${text.join("")}`;
}

/** Ten shades from light to dark; the seventh carries white text. */
export const shades = (chroma: number, hue: number): Shades =>
  LIGHTNESS.map((lightness, index) => hex(lightness, chroma * (STRENGTH[index] ?? 1), hue)) as Shades;

/** Ten shades of a dark surface, from its text to its deepest ground. */
export const darks = (chroma: number, hue: number): Shades => DARK.map((lightness) => hex(lightness, chroma, hue)) as Shades;

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast of WCAG, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
