/** The one way to the API: typed by its OpenAPI document, signed by the session's cookie and CSRF token.
 *
 * const page = await ok(api.GET("/api/v1/keys", { params: { query: { limit: 50 } } }));
 *
 * What is refused is thrown as an ApiProblem. A session that ended, and a proof that is asked, are settled here by a dialog over
 * the page: the request is repeated, and who called learns nothing of it.
 */
import createClient from "openapi-fetch";
import { GATEWAY } from "./place";
import { ApiProblem, problemOf } from "./problem";
import type { paths } from "./schema";
import { ask, begin, csrfToken, hasSession } from "./session";

const CHANGES = new Set(["POST", "PUT", "PATCH", "DELETE"]);

async function once(request: Request): Promise<Response> {
  const sent = request.clone();
  const token = csrfToken();
  if (token && CHANGES.has(sent.method)) sent.headers.set("x-csrf-token", token);
  try {
    return await fetch(sent);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(0, "unreachable", "", "");
  }
}

/** The CSRF token belongs to the session: after a login in another tab there is a new one. */
async function freshToken(): Promise<boolean> {
  const response = await fetch(`${GATEWAY}/api/v1/me`);
  if (!response.ok) return false;
  const me = (await response.json()) as { csrf_token: string | null; id: number | null };
  begin(me.csrf_token, me.id);
  return true;
}

async function settled(request: Request): Promise<Response> {
  let response = await once(request);
  // Each obstacle is taken away once; what stays is the answer.
  for (const seen = new Set<string>(); !response.ok && hasSession(); response = await once(request)) {
    if (response.status !== 401 && response.status !== 403) break;
    const { slug } = await problemOf(response.clone());
    const kind = response.status === 401 ? "sign-in" : slug;
    if (seen.has(kind)) break;
    seen.add(kind);
    if (kind === "sign-in" && !request.url.includes("/login")) {
      if (!(await ask("sign-in"))) break;
    } else if (kind === "step-up-needed") {
      if (!(await ask("step-up"))) break;
    } else if (kind === "csrf-token-needed") {
      if (!(await freshToken())) break;
    } else break;
  }
  return response;
}

async function send(request: Request): Promise<Response> {
  const response = await settled(request);
  if (!response.ok) throw await problemOf(response);
  return response;
}

export const api = createClient<paths>({
  baseUrl: GATEWAY,
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});

// Without bounds: they would take part in finding out which answer the call has.
type Data<R> = R extends { data?: infer T } ? Exclude<T, undefined> : never;
type BodyOf<R> = [Data<R>] extends [never] ? undefined : Data<R>;
type Answer = { data?: unknown; response: Response };

/** The body of an answer. */
export async function ok<R>(call: Promise<R>): Promise<BodyOf<R>> {
  return ((await call) as Answer).data as BodyOf<R>;
}

/** The body of an answer, and its ETag for `ifMatch`. */
export async function tagged<R>(call: Promise<R>): Promise<{ value: BodyOf<R>; etag: string }> {
  const { data, response } = (await call) as Answer;
  return { value: data as BodyOf<R>, etag: response.headers.get("etag") ?? "" };
}

/** Headers that refuse a change of what somebody else has changed meanwhile. Without a tag the change is made anyway. */
export const ifMatch = (etag: string | undefined): { "if-match"?: string } => (etag ? { "if-match": etag } : {});

/** Headers that make a booking repeatable. One key for one intention: make it when the form opens, not when it is sent. */
export const idempotent = (key: string): { "Idempotency-Key": string } => ({ "Idempotency-Key": key });

/** A request that the typed client cannot make (files, streams), settled in the same way. `path` begins with a slash. */
export const raw = (path: string, init?: RequestInit): Promise<Response> => send(new Request(`${GATEWAY}${path}`, init));
