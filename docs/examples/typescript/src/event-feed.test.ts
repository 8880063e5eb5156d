import assert from "node:assert/strict";
import { test } from "node:test";
import { EventFeed } from "./event-feed.js";
import type { WorkflowEvent } from "./wire.js";

const event = (sequence: number) => ({ kind: "messageDeleted", sequence }) as WorkflowEvent;

function feed(): { feed: EventFeed; shown: number[] } {
  const shown: number[] = [];
  return { feed: new EventFeed((shownEvent) => shown.push(shownEvent.sequence)), shown };
}

test("continues where the snapshot ends, also with events that came before the snapshot did", () => {
  const { feed: events, shown } = feed();
  events.take(event(3));
  events.take(event(5));
  events.take(event(4));

  events.begin(3);

  assert.deepEqual(shown, [4, 5]);
});

test("shows an event once, however often it comes", () => {
  const { feed: events, shown } = feed();
  events.begin(0);

  const gaps = [1, 1, 2, 1, 2].map((sequence) => events.take(event(sequence)));

  assert.deepEqual(shown, [1, 2]);
  assert.ok(!gaps.includes(true));
});

test("reports a gap and shows what came after it once it is filled", () => {
  const { feed: events, shown } = feed();
  events.begin(7);

  assert.equal(events.take(event(10)), true);
  assert.equal(events.take(event(8)), true);
  assert.deepEqual(shown, [8]);
  assert.equal(events.take(event(9)), false);

  assert.deepEqual(shown, [8, 9, 10]);
});
