/** Whose wallet is looked at: one's own, or that of one's organisation. */
import type { Me } from "~/api";

export type Whose = { kind: "user" | "organisation"; name: string };

/** The own one, and that of the organisation for who may see its account. */
export const mine = (me: Me): Whose => ({ kind: "user", name: me.name });
export const ours = (me: Me, sees: boolean): Whose | null => (sees && me.organisation_id !== null ? { kind: "organisation", name: String(me.organisation_id) } : null);

/** How the ledger's routes call the account. */
export const accountOf = (whose: Whose): string => `${whose.kind}:${whose.name}`;
/** The filter of lists and statements for that owner. */
export const ownerOf = (whose: Whose): { user: string } | { organisation: string } => (whose.kind === "user" ? { user: whose.name } : { organisation: whose.name });
