// Runs before the first paint, so that a dark console never flashes white. Keep in step with src/theme/appearance.ts.
(() => {
  let chosen = {};
  let site = {};
  try {
    chosen = JSON.parse(localStorage.getItem("gateway.appearance") || "{}");
    site = JSON.parse(localStorage.getItem("gateway.site") || "{}");
  } catch {
    // Storage that cannot be read leaves the system's choice.
  }
  const scheme = chosen.scheme || site.scheme || "auto";
  const dark = scheme === "dark" || (scheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  const locale = chosen.locale;
  if (locale) document.documentElement.lang = locale;
})();
