/** Asks models for the next turn of their lanes, and finds out what it cost. */
import { api, GATEWAY, isProblem, ok, type Schema } from "~/api";
import { PROTOCOLS } from "~/lib/protocols";
import { type Progress, run } from "~/lib/protocols/run";
import { estimate } from "./cost";
import { answer, changeLane, conversationOf, newId } from "./edits";
import { forgetKey, keyToUse, typedKey } from "./key";
import type { Live, Playground } from "./store";
import type { Answered, Cost, Lane } from "./types";

export const ROOT = `${GATEWAY}/`;
/** When the log is asked for a request: rows are booked in batches, a moment after the answer. */
const LOOK_MS = [600, 1500, 3000, 6000];

/** Prices by model, for what is not booked. */
export type Prices = ReadonlyMap<string, Schema<"OfferedModel">["price"]>;

export function requestOf(playground: Playground, lane: Lane) {
  return PROTOCOLS[lane.protocol].write(conversationOf(playground.get().talk, lane));
}

/** All of them at once; settles when the last has its answer. */
export async function ask(playground: Playground, lanes: string[], prices: Prices): Promise<void> {
  await Promise.all(lanes.map((lane) => askOne(playground, lane, prices)));
}

async function askOne(playground: Playground, id: string, prices: Prices): Promise<void> {
  const lane = playground.get().talk.lanes.find((one) => one.id === id);
  if (!lane || lane.model === "") return;
  const { talk } = playground.get();
  const live = playground.begin(id);
  const request = requestOf(playground, lane);
  const done = await send(playground, lane, live, request);
  if (!playground.current(id, live) || playground.get().talk.id !== talk.id) return;
  const item = made(lane, done, request.unused);
  const price = prices.get(lane.model);
  const guessed = item.usage ? estimate(price, item.usage) : undefined;
  if (guessed !== undefined) item.cost = { nano: String(guessed), source: "estimate" };
  if (done.stopped && item.blocks.length === 0) {
    playground.end(id, live);
    return;
  }
  playground.change((now) => answer(now, id, item));
  playground.end(id, live);
  if (item.requestId !== "") void book(playground, id, item);
}

async function send(playground: Playground, lane: Lane, live: Live, request: ReturnType<typeof requestOf>): Promise<Progress> {
  const done = await sendOnce(playground, lane, live, request);
  if (done.status !== 401 || typedKey() !== "" || done.stopped) return done;
  // Another tab was given a key since, which ended this one's.
  forgetKey();
  return sendOnce(playground, lane, live, request);
}

async function sendOnce(playground: Playground, lane: Lane, live: Live, request: ReturnType<typeof requestOf>): Promise<Progress> {
  let key: string;
  try {
    key = await keyToUse();
  } catch (problem) {
    return failed(problem);
  }
  return run({
    protocol: PROTOCOLS[lane.protocol],
    request,
    root: ROOT,
    headers: { authorization: `Bearer ${key}` },
    signal: live.control.signal,
    schedule: (go) => requestAnimationFrame(go),
    onProgress: (progress) => {
      if (!progress.done) playground.grow(lane.id, live, progress);
    },
  });
}

/** No key, so nothing was sent: the reason stands where the answer would. */
function failed(problem: unknown): Progress {
  const known = isProblem(problem);
  const error = { kind: known ? problem.slug : "key", message: known ? problem.detail : "" };
  const status = known ? problem.status : 0;
  const requestId = known ? problem.requestId : "";
  const nothing = { answer: { id: "", model: "", blocks: [], error }, timing: { total: 0 }, losses: "" };
  return { ...nothing, done: true, stopped: false, status, requestId };
}

function made(lane: Lane, done: Progress, unused: string[]): Answered {
  const { id: _id, model, ...rest } = done.answer;
  const { timing, status, requestId, losses, stopped } = done;
  return {
    kind: "answer", id: newId(), ...rest, protocol: lane.protocol, model: lane.model, servedBy: model, at: Date.now(), timing,
    status, requestId, losses, unused, stopped,
  };
}

/** The log's own figure in the place of the estimate. */
async function book(playground: Playground, lane: string, item: Answered): Promise<void> {
  for (const wait of LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const still = playground.get().talk.lanes.some((one) => one.items.some((other) => other.id === item.id));
    if (!still) return;
    try {
      const { items } = await ok(api.GET("/api/v1/usage", { params: { query: { request_id: item.requestId, limit: 1 } } }));
      const row = items[0];
      if (row === undefined) continue;
      const cost: Cost = { nano: String(row.cost), source: "booked" };
      playground.change((talk) =>
        changeLane(talk, lane, (found) => ({
          ...found,
          items: found.items.map((other) => (other.id === item.id ? { ...other, cost } : other)),
        })),
      );
      return;
    } catch {
      return; // a log that may not be read: the estimate stays
    }
  }
}
