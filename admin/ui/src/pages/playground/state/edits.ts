/** Changes of a conversation. Pure: each returns a new one, and shares what it did not change. */
import type { Block, CallBlock, Conversation, ProtocolName, ResultBlock, Turn } from "~/lib/protocols";
import { type Answered, type Item, type Lane, MAX_LANES, type Setup, type Talk } from "./types";

export const newId = (): string => Math.random().toString(36).slice(2, 10) + Date.now().toString(36);

export const plainSetup = (): Setup => ({ system: "", tools: [], settings: { stream: true } });

export function newTalk(lanes: { model: string; protocol: ProtocolName }[], setup: Setup = plainSetup()): Talk {
  const made = lanes.map(({ model, protocol }) => ({ id: newId(), model, protocol, items: [] }));
  return { version: 1, id: newId(), title: "", changed: Date.now(), setup, lanes: made };
}

const touched = (talk: Talk, change: Partial<Talk>): Talk => ({ ...talk, ...change, changed: Date.now() });

export function changeLane(talk: Talk, id: string, change: (lane: Lane) => Lane): Talk {
  return touched(talk, { lanes: talk.lanes.map((lane) => (lane.id === id ? change(lane) : lane)) });
}

export const changeSetup = (talk: Talk, change: Partial<Setup>): Talk => touched(talk, { setup: { ...talk.setup, ...change } });

/** A further model gets what was said to the first, without its answers: those are another's words. */
export function addLane(talk: Talk, model: string, protocol: ProtocolName): Talk {
  if (talk.lanes.length >= MAX_LANES) return talk;
  const lane: Lane = { id: newId(), model, protocol, items: [] };
  return touched(talk, { lanes: [...talk.lanes, lane] });
}

export function removeLane(talk: Talk, id: string): Talk {
  return talk.lanes.length < 2 ? talk : touched(talk, { lanes: talk.lanes.filter((lane) => lane.id !== id) });
}

/** The same input to every lane; a call that is still open is left as it is. */
export function say(talk: Talk, blocks: Block[]): Talk {
  const said: Item = { kind: "user", id: newId(), blocks };
  const title = talk.title || titleOf(blocks);
  return touched(talk, { title, lanes: talk.lanes.map((lane) => ({ ...lane, items: [...lane.items, said] })) });
}

function titleOf(blocks: Block[]): string {
  const words = blocks.map((block) => (block.type === "text" ? block.text : "")).join(" ");
  return words.replace(/\s+/g, " ").trim().slice(0, 60);
}

/** An input is said anew in every lane that has it; what came after it there is gone. */
export function sayAgain(talk: Talk, id: string, blocks: Block[]): Talk {
  const lanes = talk.lanes.map((lane) => {
    const at = lane.items.findIndex((item) => item.id === id);
    return at < 0 ? lane : { ...lane, items: [...lane.items.slice(0, at), { kind: "user" as const, id, blocks }] };
  });
  return touched(talk, { lanes });
}

/** Words of an answer are put differently; what came after stays. */
export function reword(talk: Talk, lane: string, id: string, blocks: Block[]): Talk {
  return changeLane(talk, lane, (found) => ({
    ...found,
    items: found.items.map((item) => (item.id === id ? { ...item, blocks } : item)),
  }));
}

/** Nothing from this answer on: the lane waits for another one. */
export function takeBack(talk: Talk, lane: string, id: string): Talk {
  return changeLane(talk, lane, (found) => {
    const at = found.items.findIndex((item) => item.id === id);
    return at < 0 ? found : { ...found, items: found.items.slice(0, at) };
  });
}

/** One turn less. An input goes from every lane; the calls of an answer take their results along. */
export function remove(talk: Talk, id: string): Talk {
  const lanes = talk.lanes.map((lane) => {
    const at = lane.items.findIndex((item) => item.id === id);
    if (at < 0) return lane;
    const results = isResults(lane.items[at + 1]) && callsOf(lane.items[at]).length > 0;
    return { ...lane, items: lane.items.filter((_, place) => place !== at && !(results && place === at + 1)) };
  });
  return touched(talk, { lanes });
}

/** A conversation of its own with everything up to this turn, in the lane that it stands in. */
export function branch(talk: Talk, lane: string, id: string): Talk {
  const lanes = talk.lanes
    .filter((one) => one.id === lane)
    .map((one) => ({ ...one, id: newId(), items: one.items.slice(0, one.items.findIndex((item) => item.id === id) + 1) }));
  return { ...talk, id: newId(), changed: Date.now(), lanes };
}

export const answer = (talk: Talk, lane: string, item: Answered): Talk =>
  changeLane(talk, lane, (found) => ({ ...found, items: [...found.items, item] }));

/** What the tools of one lane's last answer said. */
export const giveResults = (talk: Talk, lane: string, results: ResultBlock[]): Talk =>
  changeLane(talk, lane, (found) => ({ ...found, items: [...found.items, { kind: "user", id: newId(), blocks: results }] }));

export const callsOf = (item: Item | undefined): CallBlock[] =>
  item?.kind === "answer" ? item.blocks.filter((block): block is CallBlock => block.type === "call") : [];

export const isResults = (item: Item | undefined): boolean =>
  item?.kind === "user" && item.blocks.some((block) => block.type === "result");

/** Calls that nobody has answered: they stand in the last turn. */
export const openCalls = (lane: Lane): CallBlock[] => callsOf(lane.items.at(-1));

/** What is sent for a lane. Answers that failed without a word, and pictures of a model, are left out. */
export function conversationOf(talk: Talk, lane: Lane): Conversation {
  const turns = lane.items.flatMap((item): Turn[] => {
    if (item.kind === "user") return [{ role: "user", blocks: item.blocks }];
    const blocks = item.blocks.filter((block) => block.type !== "image");
    return blocks.length > 0 ? [{ role: "assistant", blocks }] : [];
  });
  return { model: lane.model, ...talk.setup, turns: merged(turns) };
}

/** Two turns of the same role in a row are one: Anthropic and Google refuse them. */
function merged(turns: Turn[]): Turn[] {
  const out: Turn[] = [];
  for (const turn of turns) {
    const last = out.at(-1);
    if (last?.role === turn.role) out[out.length - 1] = { ...last, blocks: [...last.blocks, ...turn.blocks] };
    else out.push(turn);
  }
  return out;
}
