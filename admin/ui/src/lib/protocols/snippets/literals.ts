/** JSON values as source text of a language. Pure; indented so that a person can read it. */

import type { JsonObject } from "../types";

/** A JSON value as a Python literal. `indent` is the column that its lines stand at. */
export function python(value: unknown, indent = 0): string {
  const pad = " ".repeat(indent + 4);
  const end = " ".repeat(indent);
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((one) => `${pad}${python(one, indent + 4)},\n`).join("")}${end}]`;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value as JsonObject);
    if (entries.length === 0) return "{}";
    return `{\n${entries.map(([key, one]) => `${pad}${JSON.stringify(key)}: ${python(one, indent + 4)},\n`).join("")}${end}}`;
  }
  // JSON's strings are Python's: the same escapes, and surrogate pairs are written as themselves.
  return JSON.stringify(value);
}

/** A word between single quotes for a POSIX shell. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether a name can stand as a keyword argument. */
export function isName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
