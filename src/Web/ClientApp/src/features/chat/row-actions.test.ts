import { expect, test } from "vitest";
import { actionsFor } from "./row-actions";
import { me, message, outgoing } from "./testing/fake-client";
import { emptyTimeline, outgoingRows, updateTimeline } from "./timeline";

const rowOf = (more = {}) => updateTimeline(emptyTimeline, [message(1, more)], me.id).rows[0]!;
const outRow = (more = {}) => outgoingRows([outgoing("a", more)], undefined, [])[0]!;

test("own messages can be changed, others' only be deleted, and that by owners", () => {
  expect(actionsFor(rowOf({ author: me }), "contributor", "active")).toEqual(["reply", "copy", "edit", "delete"]);
  expect(actionsFor(rowOf(), "contributor", "active")).toEqual(["reply", "copy"]);
  expect(actionsFor(rowOf(), "owner", "paused")).toEqual(["reply", "copy", "delete"]);
});

test("observers and closed workflows leave copying", () => {
  expect(actionsFor(rowOf({ author: me }), "observer", "active")).toEqual(["copy"]);
  expect(actionsFor(rowOf({ author: me }), "owner", "completed")).toEqual(["copy"]);
  expect(actionsFor(rowOf({ deletedAt: "2026-03-02T09:00:00Z" }), "owner", "active")).toEqual([]);
});

test("what failed can be retried or discarded, what waits taken back, and what is on its way neither", () => {
  expect(actionsFor(outRow({ state: "failed" }), "owner", "active")).toEqual(["retry", "discard", "copy"]);
  expect(actionsFor(outRow({ state: "queued" }), "owner", "active")).toEqual(["copy", "discard"]);
  expect(actionsFor(outRow({ state: "queued", canDiscard: false }), "owner", "active"), "may be with the server").toEqual(["copy"]);
  expect(actionsFor(outRow({ state: "sending", canDiscard: false }), "owner", "active")).toEqual(["copy"]);
});
