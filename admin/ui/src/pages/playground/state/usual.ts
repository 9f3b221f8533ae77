/** Which model a new conversation begins with: the one used last, else the one used most, else one that has a price for answers. */
import type { Schema } from "~/api";
import { PROTOCOL_NAMES, type ProtocolName } from "~/lib/protocols";
import type { Shelf } from "./storage";

type Begin = { model: string; protocol: ProtocolName };
type Offered = Pick<Schema<"OfferedModel">, "name" | "price" | "level">;

/** `used` are names of models, the most used first. Only what is offered counts, and what works comes first. */
export function usual(models: Offered[], last: { model: string; protocol: string } | undefined, used: string[]): Begin {
  const offered = new Map(models.map((one) => [one.name, one]));
  const works = (name: string) => offered.get(name)?.level?.state !== "down";
  const known = used.filter((name) => offered.has(name));
  const priced = models.filter((one) => Number(one.price?.output ?? 0) > 0).map((one) => one.name);
  if (last && offered.has(last.model)) return { model: last.model, protocol: PROTOCOL_NAMES.find((one) => one === last.protocol) ?? "chat" };
  const names = [...known, ...priced, ...models.map((one) => one.name)];
  return { model: names.find(works) ?? names[0] ?? "", protocol: "chat" };
}

/** Whether the shelf says enough: a conversation to go on with, or a model that is still there. */
export function settled(shelf: Shelf, models: Offered[]): boolean {
  const last = shelf.last();
  return shelf.load(shelf.list()[0]?.id ?? "") !== undefined || models.some((one) => one.name === last?.model);
}
