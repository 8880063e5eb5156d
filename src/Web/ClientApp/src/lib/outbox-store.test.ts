import "fake-indexeddb/auto";
import { expect, describe, test } from "vitest";
import { IndexedDbOutboxStore } from "./indexeddb-outbox-store.js";
import { MemoryOutboxStore, type OutboxStore, type StoredMessage } from "./outbox-store.js";

const message = (clientMessageId: string, userId = "marco", more: Partial<StoredMessage> = {}): StoredMessage => ({
  clientMessageId,
  userId,
  workflowId: "w",
  content: clientMessageId,
  queuedAt: 1,
  ...more,
});

const ids = async (store: OutboxStore, userId = "marco") => (await store.list(userId)).map((stored) => stored.clientMessageId);

let databases = 0;

describe.each([
  ["in memory", () => new MemoryOutboxStore()],
  ["in IndexedDB", () => new IndexedDbOutboxStore(`store-${++databases}`)],
])("a store %s", (_, make) => {
  test("lists messages in the order of adding, whatever happens to those between", async () => {
    const store = make();
    const changes = ["c", "a", "b", "d"].map((id) => store.add(message(id)));
    changes.push(store.update(message("a", "marco", { content: "changed" })), store.remove("marco", "b"));
    await Promise.all(changes);

    expect(await ids(store)).toEqual(["c", "a", "d"]);
    expect((await store.list("marco"))[1]?.content).toBe("changed");
  });

  test("keeps users apart, even with equal ids", async () => {
    const store = make();
    await store.add(message("a", "marco"));
    await store.add(message("a", "sarah"));
    await store.remove("sarah", "a");

    expect(await ids(store, "marco")).toEqual(["a"]);
    expect(await ids(store, "sarah")).toEqual([]);
  });

  test("does not bring a removed message back by an update", async () => {
    const store = make();
    await store.add(message("a"));
    await store.remove("marco", "a");
    await store.update(message("a"));

    expect(await ids(store)).toEqual([]);
  });

  test("hands a message back as it was given", async () => {
    const store = make();
    const whole = message("a", "marco", { replyTo: "r", failure: { code: "workflow.closed", message: "Closed." } });
    await store.add(whole);

    expect(await store.list("marco")).toEqual([whole]);
  });
});

test("what is in IndexedDB is there for the next page, in one order for all tabs", async () => {
  const [one, other] = [new IndexedDbOutboxStore("shared"), new IndexedDbOutboxStore("shared")];
  await one.add(message("first"));
  await other.add(message("second"));
  await one.add(message("third"));

  expect(await ids(new IndexedDbOutboxStore("shared"))).toEqual(["first", "second", "third"]);
  expect(await ids(other)).toEqual(["first", "second", "third"]);
});
