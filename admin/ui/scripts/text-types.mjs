// src/i18n/resources.d.ts: the keys of the English texts as types, so that a key that is not there fails the type check.
import { readdirSync, writeFileSync } from "node:fs";

const root = new URL("../src/", import.meta.url);
const names = readdirSync(new URL("locales/en/", root)).filter((name) => name.endsWith(".json")).map((name) => name.replace(".json", "")).sort();
const lines = names.map((name) => `      "${name}": typeof import("../locales/en/${name}.json");`);
const made = `// Made by scripts/text-types.mjs.
import "i18next";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    returnNull: false;
    resources: {
${lines.join("\n")}
    };
  }
}
`;
writeFileSync(new URL("i18n/resources.d.ts", root), made);
