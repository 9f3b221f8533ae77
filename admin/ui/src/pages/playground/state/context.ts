/** What every part of the page needs: the conversation, and which models there are. */
import { createContext, useContext } from "react";
import type { Schema } from "~/api";
import type { Prices } from "./sending";
import type { Playground } from "./store";

export interface Shared {
  playground: Playground;
  models: Schema<"OfferedModel">[];
  prices: Prices;
  /** Ask these lanes for their next turn. */
  ask(lanes: string[]): void;
}

export const PlaygroundContext = createContext<Shared | null>(null);

export function useShared(): Shared {
  const shared = useContext(PlaygroundContext);
  if (!shared) throw new Error("outside of the playground");
  return shared;
}
