import { expect, test } from "vitest";
import { applyEvent, applyEvents, beforeFirstEvent, fromSnapshot, withOlderMessages, type Conversation } from "./conversation.js";
import type { Message, Participant, WorkflowEvent, WorkflowSnapshot } from "./wire.js";

const sarah = { id: "sarah", kind: "user" as const, name: "Sarah" };
const at = (sequence: number) => `2026-03-02T09:30:00.${String(sequence).padStart(6, "0")}Z`;

type Change<T = WorkflowEvent> = T extends WorkflowEvent ? Omit<T, "workflowId" | "sequence" | "at" | "actor"> : never;

function log(...changes: Change[]): WorkflowEvent[] {
  return changes.map((change, i) => ({ workflowId: "w", sequence: i + 1, at: at(i + 1), actor: sarah, ...change }) as WorkflowEvent);
}

const posted = (messageId: string, more = {}) => ({ kind: "messagePosted" as const, messageId, content: messageId.toUpperCase(), ...more });

const everything = log(
  { kind: "participantAdded", userId: "sarah", name: "Sarah", role: "owner" },
  posted("a", { clientMessageId: "key" }),
  { kind: "participantAdded", userId: "marco", name: "Marco", role: "contributor" },
  posted("b", { replyTo: "a" }),
  { kind: "messageEdited", messageId: "a", content: "A, better" },
  { kind: "workflowRenamed", title: "New" },
  posted("c"),
  { kind: "messageEdited", messageId: "c", content: "C, better" },
  { kind: "messageDeleted", messageId: "c" },
  { kind: "messageDeleted", messageId: "b" },
  { kind: "participantRemoved", userId: "marco" },
  { kind: "workflowStatusChanged", status: "paused" },
);

const message = (messageId: string, sequence: number, more: Partial<Message> = {}): Message => ({
  messageId,
  workflowId: "w",
  sequence,
  author: sarah,
  content: messageId.toUpperCase(),
  postedAt: at(sequence),
  ...more,
});

const owner: Participant = { userId: "sarah", name: "Sarah", role: "owner", joinedAt: at(1) };

/** As the server writes it: newest first. */
const snapshot = (lastSequence: number, title: string, status: string, participants: Participant[], messages: Message[], more = {}) =>
  ({ workflow: { id: "w", title, status }, participants, lastSequence, messages: messages.toReversed(), hasMoreMessages: false, online: [], ...more }) as unknown as WorkflowSnapshot;

const atTheEnd = snapshot(12, "New", "paused", [owner], [
  message("a", 2, { clientMessageId: "key", content: "A, better", editedAt: at(5) }),
  message("b", 4, { replyTo: "a", content: "", deletedAt: at(10) }),
  message("c", 7, { content: "", editedAt: at(8), deletedAt: at(9) }),
]);

const inBetween = snapshot(4, "Old", "active", [owner, { userId: "marco", name: "Marco", role: "contributor", joinedAt: at(3) }], [
  message("a", 2, { clientMessageId: "key" }),
  message("b", 4, { replyTo: "a" }),
]);

test("loading fresh, applying the log from the first event, and catching up after an absence give equal conversations", () => {
  const fresh = fromSnapshot(atTheEnd);
  const fromZero = everything.reduce(applyEvent, beforeFirstEvent({ id: "w", title: "New" }));
  const away = applyEvents(fromSnapshot(inBetween), everything.slice(4));

  expect(fromZero).toEqual(fresh);
  expect(away).toEqual(fresh);
  expect(applyEvents(beforeFirstEvent({ id: "w", title: "New" }), everything)).toEqual(fresh);
});

test("an event that the conversation has changes nothing, and one too early is refused", () => {
  const conversation = fromSnapshot(inBetween);

  expect(applyEvents(conversation, everything.slice(0, 4))).toEqual(conversation);
  expect(() => applyEvent(conversation, everything[5]!)).toThrow(RangeError);
});

test("applying leaves the conversation before as it was", () => {
  const before = fromSnapshot(inBetween);
  const copy = structuredClone(before);

  applyEvents(before, everything.slice(4));

  expect(before).toEqual(copy);
});

test("a kind that is not known counts in the sequence and changes nothing else", () => {
  const before = fromSnapshot(inBetween);

  const after = applyEvent(before, { ...everything[4]!, kind: "agentThought" } as unknown as WorkflowEvent);

  expect(after).toEqual({ ...before, lastSequence: 5 });
});

test("whoever comes back after a removal is the last participant", () => {
  const events = log(
    { kind: "participantAdded", userId: "marco", name: "Marco", role: "owner" },
    { kind: "participantAdded", userId: "sarah", name: "Sarah", role: "owner" },
    { kind: "participantRemoved", userId: "marco" },
    { kind: "participantAdded", userId: "marco", name: "Marco", role: "observer" },
  );

  const { participants } = applyEvents(beforeFirstEvent({ id: "w", title: "" }), events);

  expect(participants.map(({ userId, role }) => [userId, role])).toEqual([["sarah", "owner"], ["marco", "observer"]]);
});

test("older pages complete a conversation whose snapshot held only the newest messages", () => {
  const { messages, ...rest } = atTheEnd;
  const recent = fromSnapshot({ ...rest, messages: messages.slice(0, 1), hasMoreMessages: true });

  const middle = withOlderMessages(recent, { messages: messages.slice(1, 2), hasMore: true });
  const all = withOlderMessages(middle, { messages: messages.slice(2), hasMore: false });

  expect(middle.hasOlderMessages).toBe(true);
  expect(all).toEqual(fromSnapshot(atTheEnd));
});

test("a change of a message that is not loaded shows once it is, whether its page was read before or after the change", () => {
  const recent: Conversation = { ...fromSnapshot(inBetween), messages: [message("z", 4)], hasOlderMessages: true };
  const changed = applyEvents(recent, log(posted(""), posted(""), posted(""), posted(""),
    { kind: "messageEdited", messageId: "a", content: "A, better" },
    { kind: "messageEdited", messageId: "b", content: "B, better" },
    { kind: "messageDeleted", messageId: "b" },
    { kind: "messageEdited", messageId: "c", content: "C, better" },
  ));
  const readBefore = [message("c", 3, { content: "C, best", editedAt: at(9) }), message("b", 2), message("a", 1)];

  const { messages, changesOfOlder } = withOlderMessages(changed, { messages: readBefore, hasMore: false });

  expect(messages.slice(0, 3)).toEqual([
    message("a", 1, { content: "A, better", editedAt: at(5) }),
    message("b", 2, { content: "", editedAt: at(6), deletedAt: at(7) }),
    message("c", 3, { content: "C, best", editedAt: at(9) }),
  ]);
  expect(changesOfOlder).toEqual({});
});
