import assert from "node:assert/strict";
import { test } from "node:test";
import { findMedia, MOST, MOST_PIXELS, readable } from "./find";
import { sizeOf, sniff } from "./sniff";
import { longStrings } from "./strings";

const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
const png = (width: number, height: number, more = 64) => {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  return bytes([0x89], "PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [...size], [8, 6, 0, 0, 0], Array(more).fill(width % 251));
};
const wav = bytes("RIFF", [40, 0, 0, 0], "WAVEfmt ", Array(60).fill(7));
const body = (text: string, cut = false) => ({ text, base64: null, cut });
const names = (text: string, cut = false) => findMedia(body(text, cut)).media.map((one) => one.name);

test("images and sounds are found wherever a body has them, by their bytes", () => {
  const picture = png(640, 480).toString("base64");
  const asked = { messages: [{ content: [{ image_url: { url: `data:text/html;base64,${picture}` } }, { input_audio: { data: wav.toString("base64"), format: "mp3" } }] }] };
  assert.deepEqual(names(JSON.stringify(asked)), ["PNG", "WAV"]);
  assert.deepEqual(findMedia(body(JSON.stringify(asked))).media[0]?.size, { width: 640, height: 480 });
  assert.deepEqual(names(`data: {"b64_json":"${picture}"}\n\ndata: {"result":"${png(3, 4).toString("base64url")}"}\n\n`), ["PNG", "PNG"]);
  assert.deepEqual(names(JSON.stringify({ content: `Here: ![cat](data:image/png;base64,${picture}) and\nmore` })), ["PNG"]);
  assert.deepEqual(names(JSON.stringify({ data: picture }).replaceAll("/", "\\/")), ["PNG"]);
  assert.equal(findMedia({ text: null, base64: wav.toString("base64"), cut: false }).media[0]?.type, "audio/wav");
});
test("nothing is fetched, run, drawn twice or without bounds", () => {
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>${" ".repeat(40)}`).toString("base64");
  const page = Buffer.from(`<!doctype html><script>alert(1)</script>${" ".repeat(60)}`).toString("base64");
  const pdf = Buffer.from(`%PDF-1.7${" ".repeat(60)}`).toString("base64");
  for (const one of [svg, page, pdf]) assert.deepEqual(findMedia(body(JSON.stringify({ url: `data:image/png;base64,${one}`, data: one }))), { media: [], left: 0 });
  assert.deepEqual(names(JSON.stringify({ url: `https://example.com/${"a".repeat(80)}.png`, text: "x ".repeat(80) })), []);
  const twice = png(5, 5).toString("base64");
  assert.equal(names(JSON.stringify([twice, `data:image/png;base64,${twice}`])).length, 1);
  assert.deepEqual(findMedia(body(JSON.stringify([png(MOST_PIXELS, 2).toString("base64")]))), { media: [], left: 1 });
  const many = Array.from({ length: MOST + 3 }, (_, at) => png(at + 1, 1).toString("base64"));
  const found = findMedia(body(JSON.stringify(many)));
  assert.deepEqual([found.media.length, found.left], [MOST, 3]);
});
test("of a body that was cut, the beginning of a picture is one", () => {
  const text = JSON.stringify({ data: png(7, 8, 400).toString("base64") });
  const [one] = findMedia(body(text.slice(0, 301), true)).media;
  assert.deepEqual([one?.cut, one?.size], [true, { width: 7, height: 8 }]);
});
test("the sizes of images are read from their heads", () => {
  const jpeg = bytes([0xff, 0xd8, 0xff, 0xe0, 0, 6, 1, 2, 3, 4, 0xff, 0xc2, 0, 17, 8, 1, 0, 2, 0], Array(20).fill(0));
  const gif = bytes("GIF89a", [10, 0, 20, 0], Array(20).fill(0));
  const lossy = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8 ", [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 44, 1, 200, 0], Array(8).fill(0));
  const wide = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0, 0x1f, 3, 0, 0x57, 2, 0], Array(8).fill(0));
  const sizes = [jpeg, gif, lossy, wide].map((one) => sizeOf(one, sniff(one)?.type ?? ""));
  assert.deepEqual(sizes, [{ width: 512, height: 256 }, { width: 10, height: 20 }, { width: 300, height: 200 }, { width: 800, height: 600 }]);
  assert.equal(sizeOf(jpeg.subarray(0, 12), "image/jpeg"), null);
});
test("sounds by their first bytes; what is like one is none", () => {
  const rest = Array(20).fill(0);
  const kinds = [bytes("OggS", rest), bytes("fLaC", rest), bytes([0, 0, 0, 32], "ftypM4A ", rest), bytes("ID3", rest), bytes([0xff, 0xfb, 0x90], rest), bytes([0xff, 0xff, 0xff], rest), bytes("RIFF", [0, 0, 0, 0], "AVI ", rest)];
  assert.deepEqual(kinds.map((one) => sniff(one)?.name), ["Ogg", "FLAC", "M4A", "MP3", "MP3", undefined, undefined]);
});
test("strings end at their own quotes", () => {
  const text = String.raw`{"a":"x\"y\\","b":"","c":"open`;
  assert.deepEqual(longStrings(text, 0).map(({ from, to, whole }) => [text.slice(from, to), whole]), [["a", true], [String.raw`x\"y\\`, true], ["b", true], ["", true], ["c", true], ["open", false]]);
});
test("what is read is indented, and base64 does not fill the page", () => {
  const long = "A".repeat(4000);
  assert.equal(readable(body(JSON.stringify({ data: long })), (size) => `${size} bytes`), `{\n  "data": "${"A".repeat(32)}… (3000 bytes)"\n}`);
  assert.equal(readable(body("data: x"), String), "data: x");
});
