/** TanStack Query as the console uses it. */
import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./problem";

const RETRIES = 2;

/** What is worth asking again by itself: a gateway that is away. A refusal is not. */
const again = (failures: number, error: unknown): boolean =>
  failures < RETRIES && error instanceof ApiProblem && (error.status === 0 || error.status === 503);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: again, staleTime: 10_000, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
});
