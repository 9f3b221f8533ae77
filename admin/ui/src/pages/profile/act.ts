/** Runs something that a button began: says that it is done, or why not. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { done, failed } from "~/components";

/** `act(work, said)`: true when it succeeded. Queries under `keys` are asked for again. */
export function useAct(...keys: string[]) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>, said?: string): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      await Promise.all(keys.map((key) => queries.invalidateQueries({ queryKey: [key] })));
      if (said) done(said);
      return true;
    } catch (error) {
      // Somebody who closes the browser's own dialog has decided so.
      if (!(error instanceof DOMException)) failed(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { act, busy };
}
