import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, darks, hex, shades } from "./colour";

// [chroma, hue] of the accents and of the colours with a meaning.
const COLOURS = [[0.17, 264], [0.14, 240], [0.1, 190], [0.13, 152], [0.13, 40], [0.18, 12], [0.19, 295], [0.015, 260], [0.2, 25], [0.16, 50], [0.14, 80], [0.15, 150]] as const;
const AA = 4.5;

test("white text on a filled shade", () => {
  for (const [chroma, hue] of COLOURS) assert.ok(contrast("#ffffff", shades(chroma, hue)[6]) >= AA, `${chroma} ${hue}`);
});
test("coloured text on white, and on its own light shade", () => {
  for (const [chroma, hue] of COLOURS) {
    const all = shades(chroma, hue);
    assert.ok(contrast(all[7], "#ffffff") >= AA && contrast(all[7], all[1]) >= AA, `${chroma} ${hue}`);
  }
});
test("coloured and dimmed text on dark ground", () => {
  const ground = darks(0.012, 262)[6];
  for (const [chroma, hue] of COLOURS) assert.ok(contrast(shades(chroma, hue)[3], ground) >= AA, `${chroma} ${hue}`);
  assert.ok(contrast(hex(0.72, 0.012, 262), ground) >= AA);
});
