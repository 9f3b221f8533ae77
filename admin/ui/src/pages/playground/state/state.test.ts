/** Conversations of the playground: editing, keeping, sharing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { estimate } from "~/pages/playground/state/cost";
import * as edits from "~/pages/playground/state/edits";
import { readLink, writeLink } from "~/pages/playground/state/link";
import { NotATalk, readTalk } from "~/pages/playground/state/reading";
import { Shelf } from "~/pages/playground/state/storage";
import { settled, usual } from "~/pages/playground/state/usual";
import type { Answered, Talk } from "~/pages/playground/state/types";

const words = (text: string) => [{ type: "text" as const, text }];
const PICTURE = { type: "image" as const, mediaType: "image/png", data: "A".repeat(400) };

function answered(id: string, blocks: Answered["blocks"]): Answered {
  const rest = { protocol: "chat", model: "a", servedBy: "a-1", at: 1, timing: { first: 2, total: 3 }, status: 200 } as const;
  return { kind: "answer", id, blocks, ...rest, requestId: "r", losses: "", unused: [], stopped: false, finish: "stop" };
}

function two(): Talk {
  let talk = edits.newTalk([{ model: "a", protocol: "chat" }, { model: "b", protocol: "messages" }]);
  talk = edits.say(talk, [...words("first"), PICTURE]);
  for (const lane of talk.lanes) talk = edits.answer(talk, lane.id, answered(`a-${lane.model}`, words(`from ${lane.model}`)));
  return edits.say(talk, words("second"));
}
const lane = (talk: Talk, place = 0) => talk.lanes[place] ?? assert.fail("no lane");
const ids = (talk: Talk, place = 0) => lane(talk, place).items.map((item) => item.id);

test("one input goes to every lane, and names the conversation", () => {
  const talk = two();
  assert.equal(talk.title, "first");
  assert.deepEqual(ids(talk, 0).filter((_, at) => at !== 1), ids(talk, 1).filter((_, at) => at !== 1));
});

test("an input said anew drops what came after it, in every lane", () => {
  const before = two();
  const talk = edits.sayAgain(before, ids(before)[0] ?? "", words("other"));
  for (const place of [0, 1]) {
    assert.equal(lane(talk, place).items.length, 1);
    assert.deepEqual(lane(talk, place).items[0]?.blocks, words("other"));
  }
  assert.equal(lane(before).items.length, 3, "the one before is as it was");
});

test("an answer that is taken back leaves the other lane alone", () => {
  const before = two();
  const talk = edits.takeBack(before, lane(before).id, "a-a");
  assert.equal(lane(talk).items.length, 1);
  assert.equal(lane(talk, 1), lane(before, 1));
});

test("a branch has the turns up to its own, and other ids", () => {
  const before = two();
  const talk = edits.branch(before, lane(before, 1).id, "a-b");
  assert.notEqual(talk.id, before.id);
  assert.equal(talk.lanes.length, 1);
  assert.deepEqual(lane(talk).items.map((item) => item.kind), ["user", "answer"]);
});

test("calls are open until they have results, and go with them", () => {
  let talk = edits.say(edits.newTalk([{ model: "a", protocol: "chat" }]), words("weather?"));
  const call = { type: "call" as const, id: "c1", name: "weather", arguments: "{}" };
  talk = edits.answer(talk, lane(talk).id, answered("x", [call]));
  assert.deepEqual(edits.openCalls(lane(talk)), [call]);
  talk = edits.giveResults(talk, lane(talk).id, [{ type: "result", id: "c1", name: "weather", text: "rain" }]);
  assert.deepEqual(edits.openCalls(lane(talk)), []);
  assert.deepEqual(edits.conversationOf(talk, lane(talk)).turns.map((turn) => turn.role), ["user", "assistant", "user"]);
  assert.deepEqual(edits.remove(talk, "x").lanes[0]?.items.length, 1);
});

test("an answer that failed without a word is not sent, and roles take turns", () => {
  let talk = edits.say(edits.newTalk([{ model: "a", protocol: "chat" }]), words("one"));
  talk = edits.say(edits.answer(talk, lane(talk).id, answered("x", [])), words("two"));
  const { turns } = edits.conversationOf(talk, lane(talk));
  assert.deepEqual(turns, [{ role: "user", blocks: [...words("one"), ...words("two")] }]);
});

test("a conversation is kept for its user, comes back as it was, and can be removed", () => {
  const all = new Map<string, string>();
  const store = { getItem: (k: string) => all.get(k) ?? null, setItem: (k: string, v: string) => void all.set(k, v), removeItem: (k: string) => void all.delete(k) };
  const shelf = new Shelf(store, 7);
  const talk = two();
  assert.equal(shelf.save(talk), "all");
  assert.deepEqual(shelf.load(talk.id), talk);
  assert.deepEqual(new Shelf(store, 8).list(), []);
  assert.equal(new Shelf(store, 8).load(talk.id), undefined);
  assert.deepEqual(shelf.list().map((one) => one.title), ["first"]);
  shelf.remove(talk.id);
  assert.deepEqual(shelf.list(), []);
  assert.equal(shelf.load(talk.id), undefined);
});

test("storage that is full keeps the words", () => {
  const all = new Map<string, string>();
  const full = (value: string) => {
    if (value.length > 1300) throw new DOMException("full", "QuotaExceededError");
  };
  const store = { getItem: (k: string) => all.get(k) ?? null, setItem: (k: string, v: string) => { full(v); all.set(k, v); }, removeItem: () => undefined };
  const shelf = new Shelf(store, 7);
  const talk = two();
  assert.equal(shelf.save(talk), "without-images");
  assert.deepEqual(lane(shelf.load(talk.id) ?? talk).items[0]?.blocks, words("first"));
  assert.equal(new Shelf({ ...store, setItem: () => full("x".repeat(9999)) }, 7).save(talk), "nothing");
});

test("a file that is no conversation is refused, and one with more in it is cut to what is known", () => {
  for (const wrong of [null, [], 1, {}, { version: 2, lanes: [{}] }, { version: 1, lanes: [] }, { version: 1, lanes: [{ items: [{}] }] },
    { version: 1, lanes: [{ items: [{ kind: "user", blocks: [{ type: "html" }] }] }] },
    { version: 1, lanes: [{ items: [{ kind: "user", blocks: [{ type: "image", mediaType: "text/html", data: "" }] }] }] }]) {
    assert.throws(() => readTalk(wrong), NotATalk);
  }
  const talk = readTalk({ version: 1, lanes: [{ model: "a", evil: 1, items: [{ kind: "user", blocks: words("x") }] }] });
  assert.equal(lane(talk).protocol, "chat");
  assert.ok(!("evil" in lane(talk)));
});

test("a new conversation begins with the model used last, else used most, else one that answers for money", () => {
  const offered = (name: string, output: string, state: "ok" | "down" = "ok") => ({ name, price: { output } as never, level: { state } as never });
  const models = [offered("broken", "1", "down"), offered("embed", "0"), offered("plain", "3"), offered("best", "9")];
  assert.deepEqual(usual(models, { model: "embed", protocol: "messages" }, ["best"]), { model: "embed", protocol: "messages" });
  assert.deepEqual(usual(models, { model: "gone", protocol: "chat" }, ["gone", "broken", "best"]), { model: "best", protocol: "chat" });
  assert.equal(usual(models, undefined, []).model, "plain");
  assert.equal(usual([offered("broken", "1", "down")], undefined, ["broken"]).model, "broken");
  assert.equal(usual([], undefined, []).model, "");

  const kept = new Map<string, string>();
  const shelf = new Shelf({ getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value), removeItem: (name) => void kept.delete(name) }, 7);
  assert.equal(settled(shelf, models), false);
  const talk = edits.say(edits.newTalk([{ model: "best", protocol: "gemini" }]), words("hello"));
  shelf.save(talk);
  assert.equal(settled(shelf, models), true);
  shelf.remove(talk.id);
  assert.deepEqual(shelf.last(), { model: "best", protocol: "gemini" });
  assert.equal(settled(shelf, models), true);
  assert.equal(settled(shelf, [offered("plain", "3")]), false);
});

test("a link has models and parameters, and no content", () => {
  const talk = edits.changeSetup(two(), {
    system: "SECRET", tools: [{ name: "t", description: "SECRET", parameters: {} }],
    settings: { stream: false, temperature: 0, topP: 0.5, seed: 7, effort: "high", stop: ["SECRET"], extra: { a: "SECRET" } },
  });
  const url = writeLink(talk);
  assert.ok(!url.toString().includes("SECRET") && !url.toString().includes("first"));
  assert.deepEqual(readLink(url), {
    lanes: [{ model: "a", protocol: "chat" }, { model: "b", protocol: "messages" }],
    settings: { stream: false, temperature: 0, topP: 0.5, seed: 7, effort: "high" },
  });
  assert.deepEqual(readLink(new URLSearchParams("model=x&temperature=warm"))?.settings, { stream: true });
  assert.equal(readLink(new URLSearchParams("talk=1")), undefined);
});

test("the estimate of a cost is exact to the nano-dollar", () => {
  const price = { input: "0.25", output: "2", cache_read: "0.025", cache_write: "0", call: "0.001", more: false };
  const usage = { input: 1000, output: 10, cached: 400, reasoning: 0 };
  assert.equal(estimate(price, usage), 150_000n + 10_000n + 20_000n + 1_000_000n);
  assert.equal(estimate({ ...price, more: true }, usage), undefined);
  assert.equal(estimate(null, usage), undefined);
});
