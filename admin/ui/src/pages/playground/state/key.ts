/**
 * The key that requests are sent with: one that lives some minutes, of whoever is signed in, or one the user typed.
 *
 * It is in memory alone: never in storage, a URL or what is copied.
 */
import { raw } from "~/api";
import { object, text } from "~/lib/protocols/json";

const EARLY_MS = 30_000;

let typed = "";
let made: { key: string; until: number } | undefined;
let asked: Promise<string> | undefined;

export const typedKey = (): string => typed;

export function typeKey(key: string): void {
  typed = key.trim();
}

/** The key to send with. Throws ApiProblem where none is given. */
export async function keyToUse(): Promise<string> {
  if (typed !== "") return typed;
  if (made && made.until > Date.now() + EARLY_MS) return made.key;
  // Four lanes that begin at once share one.
  asked ??= make().finally(() => {
    asked = undefined;
  });
  return asked;
}

/** The gateway does not know the key any more: the next request asks for another. */
export function forgetKey(): void {
  made = undefined;
}

async function make(): Promise<string> {
  const answer = object(await (await raw("/api/v1/playground/key", { method: "POST" })).json());
  made = { key: text(answer.key), until: Date.parse(text(answer.expires_at)) || 0 };
  return made.key;
}
