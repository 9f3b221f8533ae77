/** Images and sounds inside a captured body: base64 and data: URLs that are in it, never an address. Pure. */
import { type Kind, type Size, sizeOf, sniff } from "./sniff";
import { longStrings } from "./strings";

export type Medium = Kind & { bytes: Uint8Array<ArrayBuffer>; size: Size | null; /** The body ended before it did. */ cut: boolean };
export type Found = { media: Medium[]; /** What is there but not shown: too many, too large, or of more pixels than a page should draw. */ left: number };
export type Body = { text: string | null; base64?: string | null; cut: boolean };

export const MOST = 12;
export const MOST_BYTES = 8 * 1024 * 1024;
export const MOST_PIXELS = 50_000_000;
const LEAST_CHARS = 64;
const HEAD_CHARS = 64;
const DATA_URL = /data:[\w.+/-]*(?:;[\w.+-]+=[\w.+-]*)*;base64,([A-Za-z0-9+/_\\-]+={0,2})/g;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const ESCAPES = /\\[/nr]/g;
const LONG = /[A-Za-z0-9+/_=-]{512,}/g;
const LONG_SHOWN = 32;

export function findMedia(body: Body): Found {
  const found: Found = { media: [], left: 0 };
  const seen = new Set<string>();
  for (const { raw, whole } of candidates(body)) {
    // The first bytes say whether it is worth reading the rest.
    const head = decoded(unescaped(raw.slice(0, HEAD_CHARS)), true);
    const kind = head && sniff(head);
    if (!kind) continue;
    const text = unescaped(raw);
    if (seen.has(text)) continue;
    seen.add(text);
    const bytes = found.media.length < MOST && text.length * 0.75 <= MOST_BYTES ? decoded(text, !whole) : null;
    const size = bytes && kind.type.startsWith("image/") ? sizeOf(bytes, kind.type) : null;
    const drawn = kind.type.startsWith("audio/") || (size !== null && size.width * size.height <= MOST_PIXELS);
    if (bytes && drawn) found.media.push({ ...kind, bytes, size, cut: !whole });
    else found.left += 1;
  }
  return found;
}

/** A body as a person reads it: indented where it is JSON, with long base64 shortened; `more` says how much there is. */
export function readable(body: Body, more: (bytes: number) => string): string {
  let text = body.text ?? body.base64 ?? "";
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Events, or cut, or bytes: as it is.
  }
  return text.replace(LONG, (long) => `${long.slice(0, LONG_SHOWN)}… (${more(Math.floor(long.length * 0.75))})`);
}

/** Base64 of the body: all of it where it is no text, else its strings and the data: URLs inside them. */
function* candidates(body: Body): Generator<{ raw: string; whole: boolean }> {
  const { text } = body;
  if (text === null) {
    if (body.base64) yield { raw: body.base64, whole: !body.cut };
    return;
  }
  for (const { from, to, whole } of longStrings(text, LEAST_CHARS)) {
    const raw = text.slice(from, to);
    if (!raw.includes(";base64,")) yield { raw, whole };
    else for (const [all, data = ""] of raw.matchAll(DATA_URL)) yield { raw: data, whole: whole || !raw.endsWith(all) };
  }
}

const unescaped = (raw: string): string => raw.replace(ESCAPES, (pair) => (pair === "\\/" ? "/" : ""));

/** Bytes of base64 in either alphabet; null where it is none. What is cut loses its last, broken group. */
function decoded(text: string, cut: boolean): Uint8Array<ArrayBuffer> | null {
  const whole = cut ? text.slice(0, text.length - (text.length % 4)) : text;
  if (!BASE64.test(whole)) return null;
  try {
    const binary = atob(whole.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return null;
  }
}
