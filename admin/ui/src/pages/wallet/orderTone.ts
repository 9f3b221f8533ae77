/** The colour of an order's state. */
import type { Tone } from "~/components";

const TONES: Record<string, Tone> = { paid: "good", pending: "info", review: "warn", failed: "bad", refunded: "warn" };
export const orderTone = (state: string): Tone => TONES[state] ?? "idle";
