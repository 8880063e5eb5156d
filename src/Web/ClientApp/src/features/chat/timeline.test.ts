import { expect, test } from "vitest";
import { at, marco, me, message, outgoing } from "./testing/fake-client";
import { dayOf, emptyTimeline, outgoingRows, updateTimeline } from "./timeline";

const groups = (...messages: Parameters<typeof message>[]) =>
  updateTimeline(emptyTimeline, messages.map((args) => message(...args)), me.id).rows.map((row) => row.startsGroup);

test("consecutive messages of one author are one group, for five minutes", () => {
  expect(groups([1], [2], [8])).toEqual([true, false, true]);
});

test("another author begins another group", () => {
  expect(groups([1], [2, { author: me }], [3, { author: me }], [4, { author: marco }])).toEqual([true, true, false, true]);
});

test("a day is named on its first message, and begins a group", () => {
  const late = new Date(2026, 2, 2, 23, 59).toISOString();
  const early = new Date(2026, 2, 3, 0, 1).toISOString();

  const { rows } = updateTimeline(emptyTimeline, [message(1, { postedAt: late }), message(2, { postedAt: early }), message(3, { postedAt: early })], me.id);

  expect(rows.map((row) => row.day)).toEqual(["2026-03-02", "2026-03-03", undefined]);
  expect(rows.map((row) => row.startsGroup)).toEqual([true, true, false]);
});

test("older messages before the first one change that one if they belong to its group and day, and no other", () => {
  const recent = [message(3), message(4), message(5)];
  const before = updateTimeline(emptyTimeline, recent, me.id);

  const after = updateTimeline(before, [message(1), message(2), ...recent], me.id);

  expect(after.rows.map((row) => row.startsGroup)).toEqual([true, false, false, false, false]);
  expect(after.rows[2]).not.toBe(before.rows[0]);
  expect(after.rows.slice(3)).toEqual(before.rows.slice(1));
  expect(after.rows[3]).toBe(before.rows[1]);
});

test("a timeline that is made step by step equals one that is made at once", () => {
  const messages = Array.from({ length: 40 }, (_, place) => message(place, { author: place % 7 < 3 ? me : marco, ...(place % 5 === 0 ? { clientMessageId: `c${place}` } : {}) }));
  let timeline = updateTimeline(emptyTimeline, messages.slice(10, 20), me.id);
  timeline = updateTimeline(timeline, messages.slice(10, 40), me.id);
  timeline = updateTimeline(timeline, messages, me.id);
  const edited = messages.with(17, { ...messages[17]!, content: "better" });
  timeline = updateTimeline(timeline, edited, me.id);

  expect(timeline).toEqual(updateTimeline(emptyTimeline, edited, me.id));
});

test("messages on their way continue the group of the user's last message", () => {
  const { rows } = updateTimeline(emptyTimeline, [message(1), message(57, { author: me })], me.id);
  const first = outgoingRows([outgoing("a"), outgoing("b")], rows.at(-1), []);

  expect(first.map((row) => row.startsGroup)).toEqual([false, false]);
  expect(outgoingRows([outgoing("a")], rows[0], []).map((row) => row.startsGroup)).toEqual([true]);
});

test("messages on their way keep their rows as long as they do not change", () => {
  const [a, b] = [outgoing("a"), outgoing("b")];
  const before = outgoingRows([a, b], undefined, []);

  expect(outgoingRows([a, b], undefined, before)).toBe(before);
  expect(outgoingRows([{ ...a, state: "sending" }, b], undefined, before)[1]).toBe(before[1]);
});

test("the day of a time is the one on the wall", () => {
  expect(dayOf(new Date(2026, 0, 5, 0, 0).getTime())).toBe("2026-01-05");
  expect(dayOf(Date.parse(at(0)))).toMatch(/^2026-03-0[123]$/);
});
