/**
 * Sends one request and reads its answer: the only place of the playground that opens a connection.
 *
 * It never throws: what fails is an error of the answer. The page is told at most as often as it asks for (`schedule`),
 * however fast tokens come.
 */

import { Fold, type Answer } from "./fold";
import { parse } from "./json";
import { SseDecoder } from "./sse";
import type { Delta, Protocol, Written } from "./types";

/** Milliseconds since the request was sent. `first`: until something could be seen of the answer. */
export interface Timing {
  first?: number;
  total: number;
}

/** `stopped`: the user ended it. `losses` are settings the gateway could not pass on, in its words. */
export interface Progress {
  answer: Answer;
  timing: Timing;
  done: boolean;
  stopped: boolean;
  status: number;
  requestId: string;
  losses: string;
}

export interface Call {
  protocol: Protocol;
  request: Written;
  root: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** Runs a function soon, once: an animation frame in a page. Default: at once. */
  schedule?(run: () => void): void;
  fetch?: typeof fetch;
  now?(): number;
}

/** Kinds of errors that are the browser's, not the gateway's: the page has words of its own for them. */
export const NETWORK = "network";
export const CUT = "cut";

export async function run(call: Call): Promise<Progress> {
  const { protocol, request, signal } = call;
  const now = call.now ?? (() => performance.now());
  const begun = now();
  const fold = new Fold();
  let waiting = false;
  const state = { first: undefined as number | undefined, status: 0, requestId: "", losses: "", stopped: false };

  const progress = (done: boolean): Progress => ({
    answer: fold.snapshot(),
    timing: { total: now() - begun, ...(state.first !== undefined && { first: state.first }) },
    done,
    stopped: state.stopped,
    status: state.status,
    requestId: state.requestId,
    losses: state.losses,
  });
  const tell = () => {
    if (waiting) return;
    waiting = true;
    (call.schedule ?? ((go) => go()))(() => {
      if (waiting) call.onProgress(progress(false));
      waiting = false;
    });
  };
  const take = (deltas: Delta[]) => {
    for (const delta of deltas) if (fold.take(delta)) state.first ??= now() - begun;
    if (deltas.length > 0) tell();
  };

  try {
    const response = await (call.fetch ?? fetch)(new URL(request.path, call.root), {
      method: "POST",
      headers: { "content-type": "application/json", ...request.headers, ...call.headers },
      body: JSON.stringify(request.body),
      signal,
    });
    state.status = response.status;
    state.requestId = response.headers.get("x-request-id") ?? "";
    state.losses = response.headers.get("x-gateway-losses") ?? "";
    if (!response.ok) {
      take([{ type: "error", error: protocol.failure(response.status, await response.text()) }]);
    } else if ((response.headers.get("content-type") ?? "").startsWith("text/event-stream") && response.body) {
      await stream(protocol, response.body, take);
      const { finish, error } = fold.snapshot();
      if (finish === undefined && error === undefined) take([{ type: "error", error: { kind: CUT, message: "" } }]);
    } else {
      const text = await response.text();
      const body = parse(text);
      take(body === undefined ? [{ type: "error", error: protocol.failure(response.status, text) }] : protocol.whole(body));
    }
  } catch (problem) {
    if (signal.aborted) state.stopped = true;
    else take([{ type: "error", error: { kind: NETWORK, message: problem instanceof Error ? problem.message : "" } }]);
  }
  waiting = false;
  const last = progress(true);
  call.onProgress(last);
  return last;
}

async function stream(protocol: Protocol, body: ReadableStream<Uint8Array>, take: (deltas: Delta[]) => void): Promise<void> {
  const decoder = new SseDecoder();
  const reader = protocol.reader();
  const from = body.getReader();
  for (;;) {
    const { done, value } = await from.read();
    const frames = done ? decoder.flush() : decoder.feed(value);
    for (const { event, data } of frames) take(reader.frame(event, data));
    if (done) break;
  }
}
