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
    events.addEventListener("health", (event) => setResting(new Set((JSON.parse(event.data) as Health).resting ?? [])));
    events.addEventListener("end", (event) => {
      if ((JSON.parse(event.data) as { reason?: string }).reason === "session") events.close();
    });
    return () => events.close();
  }, [can]);
  return resting;
}
