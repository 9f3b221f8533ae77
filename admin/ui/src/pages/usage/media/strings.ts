/** The strings of a JSON text, also of events with JSON in them and of a text that was cut. Pure, one pass. */

/** A string of the text: what stands between its quotes, and whether it ends before the text does. */
export type Quoted = { from: number; to: number; whole: boolean };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Strings of at least `least` characters, in order. */
export function longStrings(text: string, least: number): Quoted[] {
  const found: Quoted[] = [];
  let at = text.indexOf('"');
  while (at >= 0) {
    const from = at + 1;
    const end = closing(text, from);
    const to = end < 0 ? text.length : end;
    if (to - from >= least) found.push({ from, to, whole: end >= 0 });
    if (end < 0) break;
    at = text.indexOf('"', end + 1);
  }
  return found;
}

/** Where the string that begins at `from` ends: at a quote with an even number of backslashes before it. */
function closing(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (at - 1 - slashes >= from && text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0 && text.charCodeAt(at) === QUOTE) return at;
  }
  return -1;
}
