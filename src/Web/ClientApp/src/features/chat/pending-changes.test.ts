// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { Refusal, Stopped, type Ack } from "../../lib/index";
import { ConversationStore } from "./conversation-store";
import { keepChange, loadChanges } from "./pending-changes";
import { at, FakeClient, me, message, snapshot } from "./testing/fake-client";

const ack: Ack = { workflowId: "w", messageId: "m1", sequence: 1, clientMessageId: null, receivedAt: at(0), committedAt: at(0), duplicate: false };
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** The page after a load. */
function loaded(answer: () => Promise<Ack>) {
  const client = new FakeClient();
  client.answer = answer;
  const store = new ConversationStore(client, me.id, "w", () => Promise.reject(new Error()));
  store.open();
  client.observer!.onSnapshot(snapshot([message(1, { author: me }), message(2, { author: me })]));
  return { client, store };
}

const never = () => new Promise<Ack>(() => {});

beforeEach(() => sessionStorage.clear());

test("What a reload interrupted goes out after it, in order, and is forgotten when it is done", async () => {
  const before = loaded(never);
  before.store.edit("m1", "better");
  before.store.delete("m2");

  const after = loaded(async () => ack);
  expect(after.client.calls).toEqual([
    ["editMessage", "w", "m1", "better"],
    ["deleteMessage", "w", "m2"],
  ]);
  expect(after.store.get().changes.size).toBe(2);

  await settled();
  expect(after.store.get().changes.size).toBe(0);
  expect(loaded(never).client.calls).toEqual([]);
});

test("What the server refused is shown as refused after a reload, and not tried by itself", async () => {
  const before = loaded(() => Promise.reject(new Refusal("workflow.closed", "")));
  before.store.edit("m1", "better");
  await settled();

  const after = loaded(never);

  expect(after.client.calls).toEqual([]);
  expect(after.store.get().changes.get("m1")).toEqual({ kind: "edit", content: "better", state: "failed", code: "workflow.closed" });
});

test("What ended with the sign-in goes out when the same user is back", async () => {
  const before = loaded(() => Promise.reject(new Stopped()));
  before.store.edit("m1", "better");
  await settled();

  expect(loaded(never).client.of("editMessage")).toEqual([["w", "m1", "better"]]);
});

test("What a closed conversation still brought to the server is not made again, and what a later one keeps stays", async () => {
  let end!: (ack: Ack) => void;
  const earlier = loaded(() => new Promise((resolve) => (end = resolve)));
  earlier.store.edit("m1", "first");
  earlier.store.close();
  const later = loaded(never);
  later.store.edit("m2", "second");

  end(ack);
  await settled();

  expect([...loadChanges(me.id, "w")]).toMatchObject([["m2", { content: "second" }]]);
});

test("What is acknowledged is not made again, also when the page went before the event came", async () => {
  const before = loaded(async () => ({ ...ack, sequence: 99 }));
  before.store.edit("m1", "better");
  await settled();
  expect(before.store.get().changes.size).toBe(1);

  expect(loaded(never).client.calls).toEqual([]);
});

test.each(["not json", "7", '[["m1"]]', '[["m1",{"kind":"edit","state":"saving"}]]', '[["m1",{"kind":"move","state":"saving"}]]'])(
  "%s in the store is nothing",
  (text) => {
    keepChange("u", "w", "m", { kind: "delete", state: "saving" });
    expect(loadChanges("u", "w").size).toBe(1);
    const [key] = Object.keys(sessionStorage);

    sessionStorage.setItem(key!, text);

    expect(loadChanges("u", "w").size).toBe(0);
  },
);
