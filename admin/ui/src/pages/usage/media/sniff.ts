/**
 * What kind of image or sound bytes are, by the bytes alone: what a body says of them is not believed. Pure.
 *
 * Only kinds that a browser draws or plays without running anything of theirs: no SVG, no PDF, no HTML.
 */

export type Kind = { type: `image/${string}` | `audio/${string}`; name: string };
export type Size = { width: number; height: number };

const ascii = (bytes: Uint8Array, at: number, text: string): boolean => [...text].every((one, place) => bytes[at + place] === one.charCodeAt(0));

export function sniff(bytes: Uint8Array): Kind | null {
  if (bytes.length < 16) return null;
  if (bytes[0] === 0x89 && ascii(bytes, 1, "PNG\r\n\x1a\n")) return { type: "image/png", name: "PNG" };
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { type: "image/jpeg", name: "JPEG" };
  if (ascii(bytes, 0, "GIF87a") || ascii(bytes, 0, "GIF89a")) return { type: "image/gif", name: "GIF" };
  if (ascii(bytes, 0, "RIFF") && ascii(bytes, 8, "WEBP")) return { type: "image/webp", name: "WebP" };
  if (ascii(bytes, 0, "RIFF") && ascii(bytes, 8, "WAVE")) return { type: "audio/wav", name: "WAV" };
  if (ascii(bytes, 0, "OggS")) return { type: "audio/ogg", name: "Ogg" };
  if (ascii(bytes, 0, "fLaC")) return { type: "audio/flac", name: "FLAC" };
  if (ascii(bytes, 4, "ftypM4A")) return { type: "audio/mp4", name: "M4A" };
  if (ascii(bytes, 0, "ID3")) return { type: "audio/mpeg", name: "MP3" };
  // A frame of MPEG audio: eleven bits set, and a layer, bit rate and sampling rate that exist.
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0xff && second >= 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) === 0x02 && third >> 4 !== 15 && third >> 4 !== 0 && (third & 0x0c) !== 0x0c)
    return { type: "audio/mpeg", name: "MP3" };
  return null;
}

/** Pixels that an image says it has; null: it does not say so where it should. */
export function sizeOf(bytes: Uint8Array, type: string): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (length: number) => bytes.length >= length;
  if (type === "image/png") return has(24) && ascii(bytes, 12, "IHDR") ? { width: view.getUint32(16), height: view.getUint32(20) } : null;
  if (type === "image/gif") return has(10) ? { width: view.getUint16(6, true), height: view.getUint16(8, true) } : null;
  if (type === "image/webp") return has(31) ? webp(bytes, view) : null;
  return type === "image/jpeg" ? jpeg(bytes, view) : null;
}

function webp(bytes: Uint8Array, view: DataView): Size | null {
  if (ascii(bytes, 12, "VP8 ")) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (ascii(bytes, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (!ascii(bytes, 12, "VP8X")) return null;
  return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(27, true) & 0xffffff) + 1 };
}

/** The frame header is behind any number of other segments, each with its length. */
function jpeg(bytes: Uint8Array, view: DataView): Size | null {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}
