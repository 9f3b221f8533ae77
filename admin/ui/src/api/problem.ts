/** A refusal of the API (application/problem+json) as an error of this program. It must not know how it is worded. */
import type { components } from "./schema";

type Body = components["schemas"]["ProblemOut"];
export type Filled = Record<string, string | number>;
export type FieldError = components["schemas"]["FieldError"];

/** A refusal, or with status 0 a gateway that does not answer. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly slug: string,
    readonly detail: string,
    readonly requestId: string,
    readonly fields: FieldError[] = [],
    /** Seconds until it may be tried again; 0 when nothing was said. */
    readonly retryAfter = 0,
    /** The name of the sentence in GET /problems, and what is filled into it. */
    readonly code = "",
    readonly params: Filled = {},
  ) {
    super(detail || slug);
    this.name = "ApiProblem";
  }

  /** The fields' errors by name: `body.settings.host` is `settings.host`. */
  byField(): Record<string, FieldError> {
    return Object.fromEntries(this.fields.map((one) => [one.field.replace(/^(body|query|path|header)\./, ""), one]));
  }
}

export const isProblem = (error: unknown, slug?: string): error is ApiProblem =>
  error instanceof ApiProblem && (slug === undefined || error.slug === slug);

/** What an answer that is not 2xx says. Reads the body. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get("x-request-id") ?? "";
  const retryAfter = Number(response.headers.get("retry-after")) || 0;
  try {
    const body = (await response.json()) as Partial<Body>;
    const slug = String(body.type ?? "").replace("urn:gateway:problem:", "");
    const fields = (body.errors ?? []) as FieldError[];
    return new ApiProblem(response.status, slug || `status-${response.status}`, body.detail ?? "", body.request_id ?? requestId, fields, retryAfter, body.code, body.params);
  } catch {
    return new ApiProblem(response.status, `status-${response.status}`, "", requestId, [], retryAfter);
  }
}
