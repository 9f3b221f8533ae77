/** Which models were asked to chat of late. */
import { api, ok, type Schema } from "~/api";

const DAYS = 30;
const LOOKED_AT = 20;

/** Their names, the most used first, as far as one may see it; nothing where one may not. */
export async function mostUsed(): Promise<string[]> {
  const since = new Date(Date.now() - DAYS * 86_400_000);
  since.setUTCHours(0, 0, 0, 0);
  const query = { operation: "chat", group_by: "model", order_by: "requests", limit: LOOKED_AT, since: since.toISOString() } as const;
  try {
    const { items } = (await ok(api.GET("/api/v1/usage/totals", { params: { query } }))) as Schema<"UsageTotals">;
    return items.map((one) => String(one.group ?? ""));
  } catch {
    return [];
  }
}
