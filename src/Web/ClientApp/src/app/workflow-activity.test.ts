import { expect, test } from "vitest";
import type { Message, WorkflowEvent, WorkflowObserver, WorkflowSnapshot } from "../lib/index";
import { ActivityWatch } from "./workflow-activity";

const sarah = { id: "sarah", kind: "user" as const, name: "Sarah" };
const marco = { id: "marco", kind: "user" as const, name: "Marco" };

function message(sequence: number, author = marco, rest: Partial<Message> = {}): Message {
  return { messageId: `m${sequence}`, workflowId: "w", sequence, author, content: `text ${sequence}`, postedAt: "2026-03-02T09:30:00Z", ...rest };
}

function posted(sequence: number, actor = marco): WorkflowEvent {
  return { kind: "messagePosted", workflowId: "w", sequence, at: "2026-03-02T09:31:00Z", actor, messageId: `m${sequence}`, content: `text ${sequence}` };
}

function snapshot(messages: Message[], lastReadSequence: number, rest: Partial<WorkflowSnapshot> = {}): WorkflowSnapshot {
  const lastSequence = messages[0]?.sequence ?? 1;
  return {
    workflow: {
      id: "w",
      title: "Plan",
      status: "active",
      role: "owner",
      personal: false,
      lastSequence,
      lastReadSequence,
      createdAt: "2026-03-02T09:00:00Z",
      participants: [],
    },
    participants: [],
    lastSequence,
    messages,
    hasMoreMessages: false,
    online: [],
    ...rest,
  };
}

function followed() {
  const observers = new Map<string, WorkflowObserver>();
  const left: string[] = [];
  const announced: string[] = [];
  const allRead: string[] = [];
  let listChanges = 0;
  const watch = new ActivityWatch({
    userId: "sarah",
    join: (workflowId, observer) => {
      observers.set(workflowId, observer);
      return { leave: () => void left.push(workflowId) };
    },
    soon: (call) => call(),
    onMessage: (_, line) => announced.push(line.content),
    onAllRead: (workflowId) => allRead.push(workflowId),
    onListChange: () => listChanges++,
  });
  watch.watch(["w"]);
  return { watch, left, announced, allRead, observer: observers.get("w")!, activity: () => watch.activities.get().get("w"), listChanges: () => listChanges };
}

test("others' messages above the read mark are unread, one's own and deleted ones are not", () => {
  const { observer, activity } = followed();

  observer.onSnapshot(snapshot([message(5), message(4, marco, { deletedAt: "2026-03-02T09:32:00Z" }), message(3, sarah), message(2)], 2));

  expect(activity()).toMatchObject({ unread: 1, hasMoreUnread: false, lastLine: { content: "text 5", authorName: "Marco" } });
});

test("nothing is said of a workflow before its messages are there", () => {
  const { observer, activity } = followed();

  observer.onPresenceReset?.(["marco"]);
  expect(activity()).toBeUndefined();

  observer.onSnapshot(snapshot([], 0, { online: ["marco"] }));
  expect(activity()).toMatchObject({ lastLine: undefined });
});

test("a snapshot that does not reach back to the read mark says that there are more", () => {
  const { observer, activity } = followed();

  observer.onSnapshot(snapshot([message(60), message(59)], 10, { hasMoreMessages: true }));

  expect(activity()).toMatchObject({ unread: 2, hasMoreUnread: true });
});

test("a new message counts and is announced, unless one wrote it oneself", () => {
  const { observer, activity, announced } = followed();
  observer.onSnapshot(snapshot([], 1));

  observer.onEvents([posted(2), posted(3, sarah)]);

  expect(activity()).toMatchObject({ unread: 1, lastLine: { content: "text 3", authorId: "sarah" } });
  expect(announced).toEqual(["text 2"]);
});

test("reading takes away what was read, and nothing that came later", () => {
  const { watch, observer, activity } = followed();
  observer.onSnapshot(snapshot([], 1));
  observer.onEvents([posted(2), posted(3), posted(4)]);

  watch.read("w", 3);
  expect(activity()?.unread).toBe(1);

  watch.read("w", 2);
  watch.read("unknown", 9);
  expect(activity()?.unread).toBe(1);
});

test("an edit and a deletion of the newest message change the line", () => {
  const { observer, activity } = followed();
  observer.onSnapshot(snapshot([message(2)], 1));

  observer.onEvents([{ kind: "messageEdited", workflowId: "w", sequence: 3, at: "", actor: marco, messageId: "m2", content: "edited" }]);
  expect(activity()?.lastLine?.content).toBe("edited");

  observer.onEvents([{ kind: "messageDeleted", workflowId: "w", sequence: 4, at: "", actor: marco, messageId: "m2" }]);
  expect(activity()).toMatchObject({ unread: 0, lastLine: { content: "", isDeleted: true } });
});

test("who is there follows the pushes, and is forgotten with the connection", () => {
  const { observer, activity } = followed();
  observer.onSnapshot(snapshot([], 1));

  observer.onPresenceReset?.(["sarah", "marco"]);
  expect([...activity()!.online]).toEqual(["sarah", "marco"]);
  observer.onPresence?.({ workflowId: "w", userId: "marco", name: "Marco", online: false });
  expect([...activity()!.online]).toEqual(["sarah"]);
  observer.onPresenceReset?.([]);
  expect([...activity()!.online]).toEqual([]);
});

test("a change of name, status or people has the list asked for anew", () => {
  const { observer, listChanges } = followed();
  observer.onSnapshot(snapshot([], 1));

  observer.onEvents([{ kind: "workflowRenamed", workflowId: "w", sequence: 2, at: "", actor: marco, title: "New" }]);

  expect(listChanges()).toBe(1);
});

test("a workflow that is no longer wanted is left, and what still arrives of it counts for nothing", () => {
  const { watch, observer, left, announced } = followed();

  watch.watch([]);
  observer.onEvents([posted(2)]);

  expect(left).toEqual(["w"]);
  expect(announced).toEqual([]);
  expect(watch.activities.get().size).toBe(0);
});

test("a workflow in which nothing happened keeps its entry while others change", () => {
  const observers: WorkflowObserver[] = [];
  const watch = new ActivityWatch({
    userId: "sarah",
    join: (_, observer) => {
      observers.push(observer);
      return { leave: () => {} };
    },
    soon: (call) => call(),
    onMessage: () => {},
    onAllRead: () => {},
    onListChange: () => {},
  });
  watch.watch(["quiet", "busy"]);
  observers.forEach((observer) => observer.onSnapshot(snapshot([], 1)));
  const before = watch.activities.get();

  observers[1]!.onEvents([posted(2)]);

  expect(watch.activities.get().get("quiet")).toBe(before.get("quiet"));
  expect(watch.activities.get().get("busy")).not.toBe(before.get("busy"));
});

test("it is told when the last unread message is read or deleted, and not before", () => {
  const { watch, observer, allRead } = followed();
  observer.onSnapshot(snapshot([message(3), message(2)], 1));
  watch.read("w", 2);
  expect(allRead).toEqual([]);
  watch.read("w", 3);
  expect(allRead).toEqual(["w"]);

  observer.onEvents([posted(4)]);
  expect(allRead).toEqual(["w"]);
  observer.onEvents([{ kind: "messageDeleted", workflowId: "w", sequence: 5, at: "2026-03-02T09:32:00Z", actor: marco, messageId: "m4" }]);
  expect(allRead).toEqual(["w", "w"]);
});
