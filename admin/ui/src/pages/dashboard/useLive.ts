/** What the gateway says of itself while the page is open: open requests, rates, channels that rest, that there is news. */
import { useEffect, useRef, useState } from "react";
import { GATEWAY } from "~/api";

export type State = { requests_per_s?: number | null; failures_per_s?: number | null; open_requests?: number; open_streams?: number };
export type Resting = { resting?: number[] };

/** `onLogs` is called when there are new requests, at most once in `every` milliseconds. */
export function useLive(on: boolean, onLogs: () => void, every = 15_000): { state: State | null; resting: number[] } {
  const [state, setState] = useState<State | null>(null);
  const [resting, setResting] = useState<number[]>([]);
  const latest = useRef(onLogs);
  latest.current = onLogs;
  useEffect(() => {
    if (!on) {
      setState(null);
      return;
    }
    let last = Date.now();
    const events = new EventSource(`${GATEWAY}/api/v1/live`);
    events.addEventListener("state", (event) => setState(JSON.parse(event.data) as State));
    events.addEventListener("health", (event) => setResting((JSON.parse(event.data) as Resting).resting ?? []));
    events.addEventListener("logs", () => {
      if (Date.now() - last < every) return;
      last = Date.now();
      latest.current();
    });
    events.addEventListener("end", (event) => {
      // When the stream's time is over the browser opens it again; without a session it would for ever.
      if ((JSON.parse(event.data) as { reason?: string }).reason === "session") events.close();
    });
    return () => events.close();
  }, [on, every]);
  return { state, resting };
}
