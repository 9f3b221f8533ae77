/** What the operator chose for who has chosen nothing: light or dark, a preset, a language. Kept, so that a page begins in it. */

export type SiteLook = { scheme?: string; preset?: string; locale?: string };
/** public/appearance.js reads it, too. */
const KEY = "gateway.site";

export function siteLook(): SiteLook {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {}) as SiteLook;
  } catch {
    return {};
  }
}

/** Keep it; whether it is another one than before. */
export function keepSiteLook(look: SiteLook): boolean {
  const text = JSON.stringify(look);
  if (text === JSON.stringify(siteLook())) return false;
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Without storage the operator's choice is not known at the next start.
  }
  return true;
}

/** The options of the server have names with dashes: "simple-large". */
export const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
