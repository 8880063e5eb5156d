import { expect, test } from "vitest";
import { listed, toFollow, type Workflow } from "./listed-workflow";
import type { WorkflowActivity } from "./workflow-activity";

function workflow(id: string, rest: Partial<Workflow> = {}): Workflow {
  return {
    id,
    title: id,
    status: "active",
    role: "owner",
    personal: false,
    lastSequence: 1,
    lastReadSequence: 0,
    createdAt: "2026-03-02T09:00:00Z",
    participants: [],
    ...rest,
  };
}

function activity(at: string, unread = 0): WorkflowActivity {
  const lastLine = { messageId: "m", authorId: "marco", authorName: "Marco", content: "Hello", isDeleted: false, at };
  return { lastLine, unread, hasMoreUnread: false, online: new Set() };
}

test("the newest message decides the order, and without one the beginning", () => {
  const workflows = [workflow("new", { createdAt: "2026-03-03T09:00:00Z" }), workflow("old"), workflow("busy")];

  const order = listed(workflows, new Map([["busy", activity("2026-03-04T09:00:00Z")]])).map(({ id }) => id);

  expect(order).toEqual(["busy", "new", "old"]);
});

test("what is unread comes from the messages, and is estimated where they are not known", () => {
  const workflows = [workflow("known", { lastSequence: 9 }), workflow("unknown", { lastSequence: 9, lastReadSequence: 4 }), workflow("fresh")];

  const unread = listed(workflows, new Map([["known", activity("2026-03-04T09:00:00Z", 2)]])).map(({ id, unread: count }) => [id, count]);

  expect(Object.fromEntries(unread)).toEqual({ known: 2, unknown: 5, fresh: 0 });
});

test("what is unread, and then what is open, is followed first", () => {
  const read = { lastSequence: 5, lastReadSequence: 5 };
  const workflows = [
    workflow("done", { ...read, status: "completed" }),
    workflow("open", read),
    workflow("unread", { status: "completed", lastSequence: 5 }),
    workflow("paused", { ...read, status: "paused" }),
  ];

  expect(toFollow(workflows, 3)).toEqual(["unread", "open", "paused"]);
});
