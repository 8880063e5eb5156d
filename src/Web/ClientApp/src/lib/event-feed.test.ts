import { expect, test } from "vitest";
import { EventFeed } from "./event-feed.js";
import type { WorkflowEvent } from "./wire.js";

const events = (...sequences: number[]) => sequences.map((sequence) => ({ kind: "messageDeleted", sequence }) as WorkflowEvent);

function feed() {
  const batches: number[][] = [];
  return { feed: new EventFeed((handedOn) => batches.push(handedOn.map((event) => event.sequence))), batches };
}

test("it continues where the snapshot ends, also with events that came before the snapshot did", () => {
  const { feed: made, batches } = feed();
  made.take(events(3));
  made.take(events(5));
  made.take(events(4));

  made.begin(3);

  expect(batches).toEqual([[4, 5]]);
});

test("it hands on an event once, however often it comes", () => {
  const { feed: made, batches } = feed();
  made.begin(0);

  [1, 1, 2, 1, 2].forEach((sequence) => made.take(events(sequence)));

  expect(batches).toEqual([[1], [2]]);
  expect(made.isBehind).toBe(false);
});

test("it notices a gap and hands on what came after it once it is filled", () => {
  const { feed: made, batches } = feed();
  made.begin(7);

  made.take(events(10));
  expect(made.isBehind).toBe(true);
  made.take(events(8));
  expect(made.isBehind).toBe(true);
  made.take(events(9));

  expect(batches).toEqual([[8], [9, 10]]);
  expect(made.isBehind).toBe(false);
});

test("it notices a gap by an announcement", () => {
  const { feed: made } = feed();
  made.begin(7);

  made.announce(7);
  expect(made.isBehind).toBe(false);
  made.announce(8);
  expect(made.isBehind).toBe(true);
});

test("before the snapshot nothing is known to be missing", () => {
  const { feed: made } = feed();

  made.take(events(10));

  expect(made.isBehind).toBe(false);
});

test("what it keeps back is bounded, and a page is handed on whole all the same", () => {
  const { feed: made, batches } = feed();
  made.begin(0);
  made.take(events(...Array.from({ length: 3_000 }, (_, i) => i + 501)));

  made.take(events(...Array.from({ length: 500 }, (_, i) => i + 1)));

  expect(batches.flat()).toEqual(Array.from({ length: 1_500 }, (_, i) => i + 1));
  expect(made.isBehind).toBe(true);
});
