/** What pages need of the API. */
export { api, idempotent, ifMatch, ok, raw, tagged } from "./client";
export { type Me, type Reach, useCan, useChangeMe, useMe } from "./me";
export { pick } from "./picks";
export { CONSOLE, GATEWAY } from "./place";
export { ApiProblem, type FieldError, isProblem } from "./problem";
export type { components, paths } from "./schema";

import type { components } from "./schema";

/** A shape of the API: `Schema<"KeyOut">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
