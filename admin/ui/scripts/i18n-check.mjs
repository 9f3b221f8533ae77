// Texts of the console: what is missing, unknown, unused, untranslated, lost its placeholders, or stands in the code.
// node scripts/i18n-check.mjs [folder of the sources]; prints a line for each fault, and exits with 1 when there is one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const REFERENCE = "en";
const SPOKEN = new Set(["label", "placeholder", "title", "aria-label", "description", "alt", "about", "text", "action", "tooltip", "nothingFoundMessage"]);
// Names are the same in every language.
const NAMES = /^(Gateway|JSON|Markdown|OpenAI|Chat Completions|Responses|Messages|Generate Content|Anthropic|Gemini|Python|JavaScript|TypeScript|curl|cURL|API|URL|ID|Ctrl K|Enter|Esc|TOTP|OAuth|OIDC|SSE|HTTP|USD)$/;
const CODE = new Set(["code", "Code", "kbd", "Kbd", "pre"]);
const PLURAL = /_(zero|one|two|few|many|other)$/;

const flat = (tree, path = "") =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[path + key, value]] : flat(value, `${path}${key}.`)));
const places = (text) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((found) => found[1]).sort().join();
const bases = (keys) => {
  const own = new Set(keys);
  return new Set(keys.filter((key) => PLURAL.test(key) && own.has(key.replace(PLURAL, "_other"))).map((key) => key.replace(PLURAL, "")));
};

/** Whether a text was left in English: words of one's own language would differ. */
function english(text, reference, locale) {
  if (text !== reference || NAMES.test(text)) return false;
  const words = text.replace(/\{\{.*?\}\}/g, "").match(/[a-z]{3,}/g) ?? [];
  // French shares single words with English, and pairs of them; the others share none.
  return words.length >= (locale === "fr" ? 3 : 2);
}

function checkTexts(root, say) {
  const locales = readdirSync(join(root, "locales")).filter((name) => !name.includes("."));
  const read = (locale, file) => new Map(flat(JSON.parse(readFileSync(join(root, "locales", locale, file), "utf8"))));
  const files = new Set(locales.flatMap((locale) => readdirSync(join(root, "locales", locale)).filter((name) => name.endsWith(".json"))));
  const known = new Map();
  for (const file of files) {
    const area = file.replace(".json", "");
    if (!existsSync(join(root, "locales", REFERENCE, file))) {
      say("unknown", `${area} is not in ${REFERENCE}`);
      continue;
    }
    const reference = read(REFERENCE, file);
    const plural = bases([...reference.keys()]);
    const keyOf = (key) => (plural.has(key.replace(PLURAL, "")) ? key.replace(PLURAL, "") : key);
    known.set(area, new Set([...reference.keys()].map(keyOf)));
    for (const locale of locales) {
      if (!existsSync(join(root, "locales", locale, file))) {
        say("missing", `${locale}/${file}`);
        continue;
      }
      const own = read(locale, file);
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const wanted = [...known.get(area)].flatMap((key) => (plural.has(key) ? forms.map((form) => `${key}_${form}`) : [key]));
      for (const key of wanted) if (!own.get(key)) say("missing", `${locale}/${area}: ${key}`);
      for (const [key, text] of own) {
        if (!wanted.includes(key)) say("unknown", `${locale}/${area}: ${key}`);
        const like = reference.get(key) ?? reference.get(`${key.replace(PLURAL, "")}_other`) ?? "";
        if (places(text) !== places(like)) say("placeholder", `${locale}/${area}: ${key} has {${places(text)}}, not {${places(like)}}`);
        if (locale !== REFERENCE && english(text, like, locale)) say("english", `${locale}/${area}: ${key}: ${text}`);
      }
    }
  }
  return known;
}

/** Texts in a file's JSX, and all that could be a key. */
function readSource(path, root, say, used) {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true, path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const where = (node) => `${relative(root, path)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const spoken = (text) => /\p{L}{2,}/u.test(text) && !NAMES.test(text.trim());
  const visit = (node) => {
    if (ts.isStringLiteralLike(node)) used.whole.add(node.text);
    if (ts.isCallExpression(node) && /(^|\.)t$/.test(node.expression.getText()) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
      used.called.add(node.arguments[0].text);
    }
    if (ts.isTemplateExpression(node) && node.head.text) used.begun.add(node.head.text);
    if (ts.isTemplateExpression(node)) used.ended.add(node.templateSpans.at(-1).literal.text);
    if (ts.isJsxText(node) && spoken(node.text)) {
      const element = node.parent.openingElement?.tagName.getText() ?? "";
      if (!CODE.has(element)) say("hard-coded", `${where(node)}: ${node.text.trim()}`);
    }
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) && spoken(node.initializer.text)) {
      say("hard-coded", `${where(node)}: ${node.name.getText()}="${node.initializer.text}"`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** The faults as [kind, what]. */
export function check(root, problems) {
  const faults = [];
  const say = (kind, what) => faults.push([kind, what]);
  const known = checkTexts(root, say);
  const used = { whole: new Set(), called: new Set(), begun: new Set(), ended: new Set() };
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!/\.tsx?$/.test(entry.name) || /\.(d|test)\.tsx?$/.test(entry.name)) continue;
    readSource(join(entry.parentPath, entry.name), root, say, used);
  }
  for (const [area, keys] of known) {
    if (area === "problems") continue;
    for (const key of keys) {
      const names = [key, `${area}:${key}`];
      const made = names.some((name) => [...used.begun].some((begun) => /[.:]$/.test(begun) && name.startsWith(begun)));
      const ended = [...used.ended].some((end) => end.startsWith(".") && key.endsWith(end));
      if (!names.some((name) => used.whole.has(name)) && !made && !ended) say("unused", `${area}: ${key}`);
    }
    for (const name of used.called) {
      if (name.startsWith(`${area}:`) && !keys.has(name.slice(area.length + 1))) say("unknown", `${name} is used and not there`);
    }
  }
  const told = known.get("problems") ?? new Set();
  for (const slug of problems) {
    for (const part of ["title", "help"]) if (!told.has(`${slug}.${part}`)) say("missing", `problems: ${slug}.${part}`);
  }
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL("../src", import.meta.url));
  const catalogue = JSON.parse(readFileSync(new URL("../../problems.json", import.meta.url), "utf8"));
  const faults = check(root, Object.keys(catalogue.slugs));
  for (const [kind, what] of faults) console.log(`${kind}: ${what}`);
  process.exit(faults.length > 0 ? 1 : 0);
}
