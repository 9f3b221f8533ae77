/** What the server says of a field, in the person's language. What has no words here is shown as it is said. */
import i18next from "i18next";
import type { FieldError } from "~/api/problem";

export async function fieldText({ code, params, message }: FieldError): Promise<string> {
  await i18next.loadNamespaces(["problems", "sentences"]);
  // A text with a rule of its own is counted in "items" by the server: it is its length all the same.
  const named = params.field_type === "Value" && /^too_(short|long)$/.test(code) ? `string_${code}` : code;
  const key = [`problems:checks.${named}`, `sentences:fields.${named}`].find((one) => i18next.exists(one));
  return code && key ? String(i18next.t(key as never, params as never)) : message;
}
