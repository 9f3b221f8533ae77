/** What browsers leave out on pages of plain http (a gateway in a local network), made up for: pages need not know of it. */

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

/** A random UUID (version 4), from the same source of randomness as the browser's own. */
export function randomUuid(): `${string}-${string}-${string}-${string}-${string}` {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = [...bytes].map(hex).join("");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** Copy by way of a field that is selected. Inside an open dialog, which would take the focus away from elsewhere. */
async function writeText(text: string): Promise<void> {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.style.cssText = "position:fixed;opacity:0";
  (before?.closest("[role=dialog]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!done) throw new DOMException("nothing was copied", "NotAllowedError");
}

if (!("randomUUID" in crypto)) Object.defineProperty(crypto, "randomUUID", { value: randomUuid });
if (typeof navigator !== "undefined" && !("clipboard" in navigator)) Object.defineProperty(navigator, "clipboard", { value: { writeText } });
