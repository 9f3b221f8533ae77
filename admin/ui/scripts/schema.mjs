// src/api/schema.d.ts from the admin API's OpenAPI document, which is read from standard input.
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";

const document = JSON.parse(await text(process.stdin));
const schemas = document.components.schemas;

/** The names of the schemas that `value` leads to. */
function reach(value, found = new Set()) {
  if (Array.isArray(value)) for (const one of value) reach(one, found);
  else if (value && typeof value === "object") {
    const name = typeof value.$ref === "string" ? value.$ref.split("/").at(-1) : "";
    if (name && !found.has(name)) {
      found.add(name);
      reach(schemas[name], found);
    }
    for (const one of Object.values(value)) reach(one, found);
  }
  return found;
}

// Lists are files too when that is asked for (format=csv); the console asks for JSON, and its types are those of JSON.
for (const path of Object.values(document.paths)) {
  for (const { responses = {} } of Object.values(path)) {
    for (const { content } of Object.values(responses)) if (content?.["application/json"]) for (const type of Object.keys(content)) if (type !== "application/json") delete content[type];
  }
}

// A field with a default may be left out of a request, and is always in an answer.
const sent = new Set();
for (const path of Object.values(document.paths)) {
  for (const operation of Object.values(path)) reach(operation.requestBody, sent);
}
for (const [name, schema] of Object.entries(schemas)) {
  if (sent.has(name) || schema.type !== "object" || !schema.properties) continue;
  const named = new Set(schema.required ?? []);
  for (const [field, form] of Object.entries(schema.properties)) if ("default" in form) named.add(field);
  schema.required = [...named];
}

const types = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
const made = "// Made by `make console-types` from the OpenAPI document of the admin API.\n\n";
writeFileSync(new URL("../src/api/schema.d.ts", import.meta.url), made + types);
