// The check of texts finds what is planted, and nothing in what is right.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { check } from "./i18n-check.mjs";

const TEXTS = {
  en: { nav: { list: "Things" }, hello: "Hello {{name}}, how are you", rows_one: "{{count}} row", rows_other: "{{count}} rows", kinds: { big: "Big" } },
  fr: { nav: { list: "Choses" }, hello: "Bonjour {{name}}", rows_one: "{{count}} ligne", rows_many: "{{count}} de lignes", rows_other: "{{count}} lignes", kinds: { big: "Grand" } },
  ja: { nav: { list: "もの" }, hello: "こんにちは {{name}}", rows_other: "{{count}} 行", kinds: { big: "大" } },
};
const CODE = 'const a = t("things:hello"); const b = t("rows", { count: 2 }); const c = t(`kinds.${kind}`); const d = "things:nav.list"; export const e = <p>{a}</p>;';

function faults(change = () => {}, code = CODE, problems = []) {
  const texts = structuredClone(TEXTS);
  change(texts);
  const root = mkdtempSync(join(tmpdir(), "texts-"));
  try {
    for (const [locale, tree] of Object.entries(texts)) {
      mkdirSync(join(root, "locales", locale), { recursive: true });
      writeFileSync(join(root, "locales", locale, "things.json"), JSON.stringify(tree));
    }
    writeFileSync(join(root, "Page.tsx"), code);
    return check(root, problems).map(([kind]) => kind);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("right texts have no fault", () => assert.deepEqual(faults(), []));
test("a missing text", () => assert.deepEqual(faults((texts) => delete texts.ja.hello), ["missing"]));
test("a plural form that the language needs", () => assert.deepEqual(faults((texts) => delete texts.fr.rows_many), ["missing"]));
test("a text that English lacks", () => assert.deepEqual(faults((texts) => { texts.fr.more = "Plus"; }), ["unknown"]));
test("a lost placeholder", () => assert.deepEqual(faults((texts) => { texts.fr.hello = "Bonjour"; }), ["placeholder"]));
test("a text left in English", () => assert.deepEqual(faults((texts) => { texts.ja.hello = texts.en.hello; }), ["english"]));
test("a text that nobody uses", () => assert.deepEqual(faults((texts) => { for (const one of Object.values(texts)) one.old = "x"; }), ["unused"]));
test("a key that is not there", () => assert.deepEqual(faults(undefined, `${CODE} t("things:nope")`), ["unknown"]));
test("words in the code", () => assert.deepEqual(faults(undefined, `${CODE} const f = <p>Press here</p>;`), ["hard-coded"]));
test("a label in the code", () => assert.deepEqual(faults(undefined, `${CODE} const f = <Input label="Name here" />;`), ["hard-coded"]));
test("code in the code is no text", () => assert.deepEqual(faults(undefined, `${CODE} const f = <kbd>Shift</kbd>;`), []));
test("a problem without words", () => assert.deepEqual(faults(undefined, CODE, ["gone"]), ["missing", "missing"]));
