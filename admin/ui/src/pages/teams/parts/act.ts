/** Does something, has what it changed read anew, and says what came of it. */
import { useQueryClient } from "@tanstack/react-query";
import { done, failed } from "~/components";

export function useAct(key: readonly unknown[]): (work: () => Promise<unknown>, text: string) => Promise<boolean> {
  const queries = useQueryClient();
  return async (work, text) => {
    try {
      await work();
      await queries.invalidateQueries({ queryKey: key });
      done(text);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  };
}
