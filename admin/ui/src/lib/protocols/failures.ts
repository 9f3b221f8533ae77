/** Error answers of each protocol, and of whatever stands before the gateway and answers with HTML. */

import { object, parse, text } from "./json";
import type { Failure, JsonObject } from "./types";

const MAX_PLAIN = 500;

function unreadable(status: number, body: string): Failure {
  return { kind: `http_${status}`, message: body.trim().slice(0, MAX_PLAIN) };
}

function code(value: unknown): string {
  return typeof value === "number" ? String(value) : text(value);
}

/** The fields of an error: FastAPI's and problem+json bodies have "detail" in place of an object "error". */
function inner(body: string): JsonObject | undefined {
  const found = parse(body);
  if (found === undefined) return undefined;
  if (typeof found.error === "string") return { message: found.error, type: found.type };
  if (found.error === undefined && text(found.detail) !== "") return { message: found.detail, type: found.title };
  return found.error === undefined ? found : object(found.error);
}

/** {"error": {"message", "type", "param", "code"}}: Chat Completions and Responses. */
export function chatFailure(status: number, body: string): Failure {
  const error = inner(body);
  if (error === undefined) return unreadable(status, body);
  const message = text(error.message) || body.trim().slice(0, MAX_PLAIN);
  return { kind: code(error.code) || code(error.type) || `http_${status}`, message };
}

/** {"type": "error", "error": {"type", "message"}}: https://docs.claude.com/en/api/errors (2026-11). */
export function messagesFailure(status: number, body: string): Failure {
  const error = inner(body);
  if (error === undefined) return unreadable(status, body);
  return { kind: text(error.type) || `http_${status}`, message: text(error.message) || body.trim().slice(0, MAX_PLAIN) };
}

/** {"error": {"code", "message", "status"}}, at times in a list: https://ai.google.dev/gemini-api/docs/troubleshooting. */
export function geminiFailure(status: number, body: string): Failure {
  const error = inner(body.trim().replace(/^\[(.*)\]$/s, "$1"));
  if (error === undefined) return unreadable(status, body);
  const message = text(error.message) || body.trim().slice(0, MAX_PLAIN);
  return { kind: text(error.status) || code(error.code) || `http_${status}`, message };
}
