import { afterEach, describe, expect, test, vi } from "vitest";
import { Refusal, type Ack, type MessagePage } from "../../lib/index";
import { ConversationStore, type LoadMessages } from "./conversation-store";
import { at, changed, FakeClient, marco, me, message, outgoing, posted, snapshot } from "./testing/fake-client";

const ack = (sequence: number): Ack => ({ workflowId: "w", messageId: "m", sequence, clientMessageId: null, receivedAt: at(0), committedAt: at(0), duplicate: false });

const atOnce = (call: () => void) => call();

function opened(begin = snapshot([message(1), message(2)]), loadMessages: LoadMessages = () => Promise.reject(new Error())) {
  const client = new FakeClient();
  const store = new ConversationStore(client, me.id, "w", loadMessages, atOnce);
  store.open();
  client.observer!.onSnapshot(begin);
  const texts = () => store.get().rows.map((row) => (row.kind === "message" ? row.message.content : `(${row.outgoing.state}) ${row.outgoing.content}`));
  return { client, store, texts, apply: (...events: Parameters<NonNullable<typeof client.observer>["onEvents"]>[0]) => client.observer!.onEvents(events) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

afterEach(() => void vi.useRealTimers());

describe("messages on their way", () => {
  test("stand below the conversation's, in the order of sending, and those of other workflows do not", () => {
    const { client, texts } = opened();

    client.outbox.set([outgoing("a"), outgoing("x", { workflowId: "other" }), outgoing("b", { state: "sending" })]);

    expect(texts()).toEqual(["text 1", "text 2", "(queued) out a", "(sending) out b"]);
  });

  test("are shown before the workflow could be opened", () => {
    const client = new FakeClient();
    client.outbox.set([outgoing("a")]);
    const store = new ConversationStore(client, me.id, "w", () => Promise.reject(new Error()), atOnce);

    store.open();

    expect(store.get()).toMatchObject({ phase: "opening", rows: [{ key: "own a" }] });
  });

  const own = { actor: me, clientMessageId: "a", content: "out a" };

  test("are shown once, with the same key, when the event comes before the ack", () => {
    const { client, store, texts, apply } = opened();
    client.outbox.set([outgoing("a", { state: "sending" })]);
    const { key } = store.get().rows[2]!;

    apply(posted(3, own));
    expect(texts()).toEqual(["text 1", "text 2", "out a"]);

    client.outbox.set([outgoing("a", { state: "sent", ack: ack(3) })]);
    client.outbox.set([]);
    expect(texts()).toEqual(["text 1", "text 2", "out a"]);
    expect(store.get().rows[2]!.key).toBe(key);
  });

  test("are shown at every moment and once when the ack comes before the event", () => {
    const { client, store, texts, apply } = opened();
    const counts: number[] = [];
    client.outbox.set([outgoing("a", { state: "sending" })]);
    store.subscribe(() => counts.push(store.get().rows.length));

    client.outbox.set([outgoing("a", { state: "sent", ack: ack(3) })]);
    apply(posted(3, own));
    client.outbox.set([]);

    expect(new Set(counts)).toEqual(new Set([3]));
    expect(texts()).toEqual(["text 1", "text 2", "out a"]);
  });

  test("do not hide a message of somebody else who uses the same clientMessageId", () => {
    const { client, texts, apply } = opened();
    client.outbox.set([outgoing("a")]);

    apply(posted(3, { clientMessageId: "a" }));

    expect(texts()).toEqual(["text 1", "text 2", "text 3", "(queued) out a"]);
  });

  test("that failed as undelivered and had arrived are cleared away", async () => {
    const { client, texts, apply } = opened();
    client.outbox.set([outgoing("a", { state: "failed", failure: { code: "message.undelivered", message: "" } })]);

    apply(posted(3, own));
    await settled();

    expect(texts()).toEqual(["text 1", "text 2", "out a"]);
    expect(client.of("discard")).toEqual([["a"]]);
  });

  test("can be retried and discarded when they failed", () => {
    const { client, store, texts } = opened();
    client.outbox.set([outgoing("a", { state: "failed", failure: { code: "workflow.closed", message: "" } }), outgoing("b")]);

    store.retry("a");
    store.discard("a");

    expect(client.of("retry")).toEqual([["a"]]);
    expect(texts()).toEqual(["text 1", "text 2", "(queued) out b"]);
  });
});

describe("what did not change stays the same object", () => {
  test("when a message arrives", () => {
    const { store, apply } = opened();
    const before = store.get().rows;

    apply(posted(3));

    expect(store.get().rows[0]).toBe(before[0]);
    expect(store.get().rows[1]).toBe(before[1]);
  });

  test("when one is edited, the others", () => {
    const { store, apply } = opened(snapshot([message(1), message(2), message(3)]));
    const before = store.get().rows;

    apply(changed(4, { kind: "messageEdited", messageId: "m2", content: "better" }));

    const after = store.get().rows;
    expect(after.map((row, place) => row === before[place])).toEqual([true, false, true]);
    expect(store.message("m2")?.content).toBe("better");
  });

  test("when somebody types, all rows", () => {
    const { client, store } = opened();
    const before = store.get().rows;

    client.observer!.onTyping!({ workflowId: "w", userId: marco.id, name: "Marco", isTyping: true });

    expect(store.get().rows).toBe(before);
  });

  test("when the title changes, all rows", () => {
    const { store, apply } = opened();
    const before = store.get().rows;

    apply(changed(3, { kind: "workflowRenamed", title: "New" }));

    expect(store.get().conversation?.title).toBe("New");
    expect(store.get().rows).toBe(before);
  });
});

describe("whoever draws the conversation", () => {
  test("is told once of all that changes before a frame, and again before the next one", () => {
    const frames: (() => void)[] = [];
    const client = new FakeClient();
    const store = new ConversationStore(client, me.id, "w", () => Promise.reject(new Error()), (call) => frames.push(call));
    const counts: number[] = [];
    store.subscribe(() => counts.push(store.get().rows.length));

    store.open();
    client.observer!.onSnapshot(snapshot([message(1)]));
    client.observer!.onEvents([posted(2)]);
    client.observer!.onEvents([posted(3)]);
    expect(store.get().rows).toHaveLength(3);
    expect(counts).toEqual([]);

    frames.splice(0).forEach((frame) => frame());
    expect(counts).toEqual([3]);

    client.observer!.onEvents([posted(4)]);
    frames.splice(0).forEach((frame) => frame());
    expect(counts).toEqual([3, 4]);
  });
});

describe("older messages", () => {
  const page: MessagePage = { messages: [message(2), message(1)], hasMore: false };

  test("are put before the others, one page at a time", async () => {
    const load = vi.fn<LoadMessages>(async () => page);
    const { store, texts } = opened(snapshot([message(3)], { hasMoreMessages: true }), load);

    await Promise.all([store.loadOlder(), store.loadOlder()]);
    await store.loadOlder();

    expect(load.mock.calls).toEqual([["w", 3]]);
    expect(texts()).toEqual(["text 1", "text 2", "text 3"]);
  });

  test("say when they could not be read, and can be asked for again", async () => {
    const load = vi.fn<LoadMessages>().mockRejectedValueOnce(new Error()).mockResolvedValueOnce(page);
    const { store } = opened(snapshot([message(3)], { hasMoreMessages: true }), load);

    expect(await store.loadOlder()).toBe(false);
    expect(store.get().older).toBe("failed");

    expect(await store.loadOlder()).toBe(true);
    expect(store.get()).toMatchObject({ older: "idle", rows: { length: 3 } });
  });

  test("are read until the one that is looked for is there", async () => {
    const load: LoadMessages = async (_, before) => ({ messages: [message(before - 1)], hasMore: before > 2 });
    const { store } = opened(snapshot([message(5)], { hasMoreMessages: true }), load);

    expect(await store.find("m3")).toBe("m3");
    expect(store.get().rows).toHaveLength(3);
    expect(await store.find("nowhere")).toBeUndefined();
    expect(store.get().rows).toHaveLength(5);
  });
});

describe("reading", () => {
  test("is told when the user looks, and not before", () => {
    const { client, store, apply } = opened(snapshot([message(1), message(2)], { lastReadSequence: 1 }));
    expect(client.of("markRead")).toEqual([]);
    expect(store.get().unread).toBe(1);

    store.setAttentive(true);
    expect(client.of("markRead")).toEqual([["w", 2]]);
    expect(store.get().unread).toBe(0);

    apply(posted(3));
    store.setAttentive(false);
    apply(posted(4));
    expect(client.of("markRead")).toEqual([["w", 2], ["w", 3]]);
    expect(store.get().unread).toBe(1);
  });

  test("leaves the line above what was unread on coming, until the user answers", () => {
    const { client, store } = opened(snapshot([message(1), message(2), message(3)], { lastReadSequence: 1 }));
    expect(store.get().dividerKey).toBe("m2");

    store.setAttentive(true);
    expect(store.get().dividerKey).toBe("m2");

    store.send("answer");
    client.outbox.set([outgoing("a")]);
    expect(store.get().dividerKey).toBeUndefined();
  });

  test("draws no line when everything is read, or above own messages", () => {
    expect(opened().store.get().dividerKey).toBeUndefined();
    expect(opened(snapshot([message(1), message(2, { author: me })], { lastReadSequence: 1 })).store.get().dividerKey).toBeUndefined();
  });

  test("draws the line above what comes while the user looks elsewhere", () => {
    const { store, apply } = opened();
    store.setAttentive(true);
    store.setAttentive(false);

    apply(posted(3));
    apply(posted(4));

    expect(store.get().dividerKey).toBe("m3");
    expect(store.get().unread).toBe(2);
  });

  test("draws no line while the first unread message is not loaded", async () => {
    const { store } = opened(snapshot([message(5), message(6)], { lastReadSequence: 2, hasMoreMessages: true }), async () => ({ messages: [message(4), message(3), message(2)], hasMore: true }));
    expect(store.get()).toMatchObject({ dividerKey: undefined, isUnreadAbove: true });

    await store.loadOlder();

    expect(store.get()).toMatchObject({ dividerKey: "m3", isUnreadAbove: false });
  });

  test("finds the first unread message, however far up it is", async () => {
    const { store } = opened(snapshot([message(99)], { lastReadSequence: 2, hasMoreMessages: true }), async (_, before) => ({
      messages: [message(before - 1), message(before - 2)],
      hasMore: before > 3,
    }));

    expect(await store.findUnread()).toBe("m3");
  });

  test("gives the search up when older messages cannot be read", async () => {
    const { store } = opened(snapshot([message(99)], { lastReadSequence: 2, hasMoreMessages: true }));

    expect(await store.findUnread()).toBeUndefined();
    expect(store.get()).toMatchObject({ older: "failed", isUnreadAbove: true });
  });
});

describe("changes", () => {
  test("are shown as under way until their event is there", async () => {
    const { client, store, apply } = opened(snapshot([message(1, { author: me })]));
    client.answer = async () => ack(2);

    store.edit("m1", "better");
    await settled();
    expect(store.get().changes.get("m1")).toMatchObject({ kind: "edit", content: "better", state: "saving" });

    apply(changed(2, { kind: "messageEdited", messageId: "m1", content: "better" }));
    await settled();
    expect(store.get().changes.size).toBe(0);
  });

  test("that were refused say why, and can be retried or dropped", async () => {
    const { client, store } = opened(snapshot([message(1)]));
    client.answer = async () => Promise.reject(new Refusal("workflow.closed", ""));

    store.delete("m1");
    await settled();
    expect(store.get().changes.get("m1")).toMatchObject({ kind: "delete", state: "failed", code: "workflow.closed" });

    store.retryChange("m1");
    await settled();
    expect(client.of("deleteMessage")).toHaveLength(2);

    store.dropChange("m1");
    expect(store.get().changes.size).toBe(0);
  });
});

describe("the others", () => {
  const types = (client: FakeClient, isTyping: boolean) => client.observer!.onTyping!({ workflowId: "w", userId: marco.id, name: "Marco", isTyping });

  test("stop typing when they say so, when they send, and when nothing is heard of them for six seconds", () => {
    vi.useFakeTimers();
    const { client, store, apply } = opened();

    types(client, true);
    expect(store.get().typing).toEqual([{ userId: "marco", name: "Marco" }]);
    types(client, false);
    expect(store.get().typing).toEqual([]);

    types(client, true);
    apply(posted(3));
    expect(store.get().typing).toEqual([]);

    types(client, true);
    vi.advanceTimersByTime(4_000);
    types(client, true);
    vi.advanceTimersByTime(4_000);
    expect(store.get().typing).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    expect(store.get().typing).toEqual([]);
  });

  test("are not known to type any more after a new connection", () => {
    const { client, store } = opened();
    types(client, true);

    client.observer!.onPresenceReset!(["marco"]);

    expect(store.get().typing).toEqual([]);
    expect([...store.get().online].sort()).toEqual(["marco", "sarah"]);
  });

  test("are here or not, as the server says", () => {
    const { client, store } = opened(snapshot([], { online: ["marco"] }));
    expect([...store.get().online].sort()).toEqual(["marco", "sarah"]);

    client.observer!.onPresence!({ workflowId: "w", userId: "marco", name: "Marco", online: false });
    expect([...store.get().online]).toEqual(["sarah"]);
  });

  test("are announced when they post; the user is not", () => {
    const { store, apply } = opened();
    const arrived: string[] = [];
    store.onArrival((messages) => arrived.push(...messages.map(({ messageId }) => messageId)));

    apply(posted(3), posted(4, { actor: me }), posted(5));

    expect(arrived).toEqual(["m3", "m5"]);
  });
});

describe("a workflow that is refused", () => {
  test("says so, and is asked for again when it is opened again", () => {
    const { client, store } = opened();
    client.observer!.onRefused!(new Refusal("workflow.not_found", ""));
    expect(store.get()).toMatchObject({ phase: "refused", refusal: "workflow.not_found" });

    store.open();
    client.observer!.onSnapshot(snapshot([message(7)]));
    expect(store.get()).toMatchObject({ phase: "open", rows: [{ key: "m7" }] });
  });

  test("is one that the user has been taken out of", () => {
    const { client, store, apply } = opened();

    apply(changed(3, { kind: "participantRemoved", userId: me.id }));

    expect(store.get().phase).toBe("refused");
    expect(client.hasLeft).toBe(true);
  });
});
