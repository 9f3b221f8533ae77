/** Sending: time, stop, errors of every origin, and how often a page is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROTOCOLS, type ProtocolName } from "~/lib/protocols";
import { CUT, NETWORK, run, type Call, type Progress } from "~/lib/protocols/run";
import { SAMPLES } from "./samples";

function call(name: ProtocolName, answer: (url: URL, init: RequestInit) => Promise<Response>, more: Partial<Call> = {}): Call {
  const protocol = PROTOCOLS[name];
  const request = protocol.write({ model: "m", system: "", turns: [], tools: [], settings: { stream: true } });
  return {
    protocol,
    request,
    root: "http://gateway.test/sub/",
    headers: { authorization: "Bearer k" },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    fetch: answer as typeof fetch,
    ...more,
  };
}

const sse = (text: string, more: HeadersInit = {}) =>
  new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8", "x-request-id": "req_1", ...more } });

test("the request goes below the gateway's root, with the caller's headers", async () => {
  const seen: [string, Headers][] = [];
  const answer = async (url: URL, init: RequestInit) => {
    seen.push([url.href, new Headers(init.headers)]);
    return sse(SAMPLES.gemini);
  };
  const done = await run(call("gemini", answer));
  assert.equal(seen[0]?.[0], "http://gateway.test/sub/v1beta/models/m:streamGenerateContent?alt=sse");
  assert.equal(seen[0]?.[1].get("authorization"), "Bearer k");
  assert.equal(done.requestId, "req_1");
  assert.equal(done.answer.blocks.length, 3);
});

test("a page is told once for what comes between two of its frames, and always of the end", async () => {
  const told: Progress[] = [];
  const frames: (() => void)[] = [];
  let clock = 0;
  const done = await run(
    call("chat", async () => sse(SAMPLES.chat), {
      onProgress: (progress) => told.push(progress),
      schedule: (go) => frames.push(go),
      now: () => clock++,
    }),
  );
  assert.equal(frames.length, 1);
  for (const frame of frames) frame();
  assert.equal(told.length, 1);
  assert.equal(told[0], done);
  assert.ok(done.done && done.timing.first !== undefined && done.timing.first < done.timing.total);
});

test("stop keeps what was said", async () => {
  const control = new AbortController();
  const half = SAMPLES.messages.slice(0, SAMPLES.messages.indexOf(" 🚀"));
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      stream.enqueue(new TextEncoder().encode(half));
      control.signal.addEventListener("abort", () => stream.error(new DOMException("stopped", "AbortError")));
    },
  });
  const done = await run(
    call("messages", async () => new Response(body, { headers: { "content-type": "text/event-stream" } }), {
      signal: control.signal,
      onProgress: (progress) => {
        if (progress.answer.blocks.some((block) => block.type === "text" && block.text !== "")) control.abort();
      },
    }),
  );
  assert.ok(done.stopped);
  assert.equal(done.answer.error, undefined);
});

test("errors in the protocol's own form", async () => {
  const bodies: Record<ProtocolName, unknown> = {
    chat: { error: { message: "No.", type: "invalid_request_error", param: null, code: "model_not_found" } },
    responses: { error: { message: "No.", type: "invalid_request_error", param: null, code: "model_not_found" } },
    messages: { type: "error", error: { type: "not_found_error", message: "No." }, request_id: "req_1" },
    gemini: { error: { code: 404, message: "No.", status: "NOT_FOUND" } },
  };
  const kinds = { chat: "model_not_found", responses: "model_not_found", messages: "not_found_error", gemini: "NOT_FOUND" };
  for (const name of Object.keys(bodies) as ProtocolName[]) {
    const answer = async () => new Response(JSON.stringify(bodies[name]), { status: 404, headers: { "x-request-id": "r" } });
    const done = await run(call(name, answer));
    assert.deepEqual(done.answer.error, { kind: kinds[name], message: "No." });
    assert.equal(done.status, 404);
    assert.equal(done.requestId, "r");
  }
});

test("an error inside a stream ends it", async () => {
  const streams: Record<ProtocolName, string> = {
    chat: 'data: {"error":{"message":"Gone.","type":"server_error","code":null}}\n\ndata: [DONE]\n\n',
    responses: 'event: error\ndata: {"type":"error","code":"server_error","message":"Gone."}\n\n',
    messages: 'event: error\ndata: {"type":"error","error":{"type":"server_error","message":"Gone."}}\n\n',
    gemini: 'data: {"error":{"code":500,"message":"Gone.","status":"server_error"}}\n\n',
  };
  for (const name of Object.keys(streams) as ProtocolName[]) {
    const begun = SAMPLES[name].slice(0, SAMPLES[name].indexOf("\n\n", SAMPLES[name].indexOf("☂")) + 2);
    const done = await run(call(name, async () => sse(begun + streams[name])));
    assert.deepEqual(done.answer.error, { kind: "server_error", message: "Gone." }, name);
    assert.equal(done.answer.blocks[0]?.type, "thinking");
  }
});

test("a page of a proxy, a stream that breaks off, no network", async () => {
  const page = await run(call("chat", async () => new Response("<h1>Bad gateway</h1>", { status: 502 })));
  assert.deepEqual(page.answer.error, { kind: "http_502", message: "<h1>Bad gateway</h1>" });
  const cut = await run(call("chat", async () => sse(SAMPLES.chat.slice(0, SAMPLES.chat.indexOf("tool_calls")))));
  assert.equal(cut.answer.error?.kind, CUT);
  const away = await run(call("chat", () => Promise.reject(new TypeError("Failed to fetch"))));
  assert.equal(away.answer.error?.kind, NETWORK);
});
