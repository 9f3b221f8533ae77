export { ACCENTS, type Accent, accept, type Appearance, appearance, DENSITIES, MONIES, PRESETS, type Preset, RADII, SCALES, SCHEMES, setAppearance, useAppearance } from "./appearance";
export { MONO } from "./theme";
export { ThemeProvider } from "./ThemeProvider";
