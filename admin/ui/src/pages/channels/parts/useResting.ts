/** Channels whose breaker is open, as the gateway tells while the page is open. */
import { useEffect, useState } from "react";
import { GATEWAY, useCan } from "~/api";

type Health = { resting?: number[] };
const NONE: ReadonlySet<number> = new Set();

export function useResting(): ReadonlySet<number> {
  const can = useCan()("channels.read", "all");
  const [resting, setResting] = useState(NONE);
  useEffect(() => {
    if (!can) return;
    const events = new EventSource(`${GATEWAY}/api/v1/live`);
    // The same ones as before are the same set: it is told every few seconds, and all lines of the list show it.
    events.addEventListener("health", (event) => {
      const now = new Set((JSON.parse(event.data) as Health).resting ?? []);
      setResting((before) => (now.size === before.size && [...now].every((id) => before.has(id)) ? before : now));
    });
    events.addEventListener("end", (event) => {
      if ((JSON.parse(event.data) as { reason?: string }).reason === "session") events.close();
    });
    return () => events.close();
  }, [can]);
  return resting;
}
