import "fake-indexeddb/auto";
import { describe, expect, test } from "vitest";
import { IndexedDbOutboxStore } from "./indexeddb-outbox-store.js";
import { MemoryOutboxStore, type OutboxStore } from "./outbox-store.js";
import { FakeEnvironment, settle } from "./testing/fake-environment.js";
import { FakeServer } from "./testing/fake-server.js";
import { Watcher, connected, fixture } from "./testing/fixture.js";

const states = ({ client }: ReturnType<typeof fixture>) => client.outbox.get().map((message) => `${message.content} ${message.state}`);

/** A client that was closed without a goodbye while it could not reach the server. */
async function leftBehind(outboxStore: OutboxStore, userId: string, ...contents: string[]): Promise<void> {
  const { client } = fixture({ outboxStore, userId, environment: new FakeEnvironment(`${userId}-before`) });
  await Promise.all(contents.map((content) => client.send("w", content).stored));
}

describe("delivery", () => {
  test("a message is queued, sending, sent, and gone once its event has been handed on", async () => {
    const made = await connected();
    const { client, server } = made;
    client.join("w", new Watcher());
    await settle();
    server.hold("SendMessage");
    server.pushes = false;
    const seen: string[] = [];
    client.outbox.subscribe(() => seen.push(states(made).join()));

    const sending = client.send("w", "Hello");
    expect(states(made)).toEqual(["Hello queued"]);
    await settle();
    expect(states(made)).toEqual(["Hello sending"]);
    server.release("SendMessage");
    const ack = await sending.acked;

    expect(ack).toMatchObject({ sequence: 1, clientMessageId: sending.clientMessageId, duplicate: false });
    expect(client.outbox.get()).toMatchObject([{ state: "sent", ack, clientMessageId: sending.clientMessageId }]);
    server.announce("w");
    await settle();
    expect(states(made)).toEqual([]);
    expect([...new Set(seen)]).toEqual(["Hello queued", "Hello sending", "Hello sent", ""]);
  });

  test("a message to a workflow that is not open is gone once it is acknowledged", async () => {
    const made = await connected();
    await made.client.send("w", "Hello").acked;

    expect(states(made)).toEqual([]);
  });

  test("the snapshot of the messages is the same object until something changes", async () => {
    const { client } = await connected();
    const first = client.outbox.get();

    expect(client.outbox.get()).toBe(first);
    client.send("w", "Hello");
    expect(client.outbox.get()).not.toBe(first);
  });

  test("a message that is too long is refused at once and never sent", async () => {
    const { client, server } = await connected();

    expect(() => client.send("w", "x".repeat(16_001))).toThrow(expect.objectContaining({ code: "validation.failed" }));
    await settle();
    expect(server.calls).toEqual([]);
    expect(client.outbox.get()).toEqual([]);
  });

  test("a message waits for a connection", async () => {
    const { client, server } = fixture();
    const sending = client.send("w", "Written offline");
    client.start();

    expect((await sending.acked).sequence).toBe(1);
    expect(server.texts("w")).toEqual(["Written offline"]);
  });

  test("a send whose answer was lost is repeated with the same key and stored once", async () => {
    const { client, server } = await connected();
    server.hold("SendMessage");
    const sending = client.send("w", "Hello");
    await settle();
    server.drop();
    server.release("SendMessage");

    expect(await sending.acked).toMatchObject({ sequence: 1, duplicate: true });
    expect(server.texts("w")).toEqual(["Hello"]);
    const [first, second] = server.callsOf("SendMessage");
    expect(second).toEqual(first);
  });

  test("a reply names what it answers", async () => {
    const { client, server } = await connected();
    await client.send("w", "Yes", { replyTo: "m1" }).acked;

    expect(server.callsOf("SendMessage")[0]?.[0]).toMatchObject({ content: "Yes", workflowId: "w", replyTo: "m1" });
  });
});

describe("order", () => {
  test("of one workflow, the next message goes out after the ack of the one before", async () => {
    const { client, server } = await connected();
    server.hold("SendMessage");
    client.send("w", "one");
    client.send("w", "two");
    await settle();

    expect(server.texts("w")).toEqual(["one"]);
    server.release("SendMessage");
    await settle();
    expect(server.texts("w")).toEqual(["one", "two"]);
  });

  test.each(["service.unavailable: Not now.", "server.error: A fault.", "session.ended: At this moment.", "An unexpected error."])(
    "%s does not reorder messages",
    async (refusal) => {
      const { client, server, environment } = await connected();
      server.refuse("SendMessage", refusal);
      const sendings = ["one", "two", "three"].map((content) => client.send("w", content));
      await settle();
      expect(server.texts("w")).toEqual([]);

      await environment.advance(1_000);

      expect(server.texts("w")).toEqual(["one", "two", "three"]);
      expect((await Promise.all(sendings.map(({ acked }) => acked))).map((ack) => ack.sequence)).toEqual([1, 2, 3]);
    },
  );

  test("a rate limit is obeyed for as long as the server says, by the other workflows too", async () => {
    const { client, server, environment } = await connected();
    server.refuse("SendMessage", "rate_limited: Too many calls. Try again in 7 s.");
    client.send("w", "one");
    await settle();
    client.send("other", "two");
    await environment.advance(6_999);
    expect(server.callsOf("SendMessage")).toHaveLength(1);

    await environment.advance(2_000);
    expect([...server.texts("w"), ...server.texts("other")]).toEqual(["one", "two"]);
  });

  test("different workflows do not wait for each other", async () => {
    const { client, server } = await connected();
    server.refuse("SendMessage", "server.error: A fault.");
    client.send("w", "stuck");
    await settle();
    await client.send("other", "free").acked;

    expect(server.texts("other")).toEqual(["free"]);
    expect(server.texts("w")).toEqual([]);
  });

  test("holds across drops", async () => {
    const { client, server } = await connected();
    server.hold("SendMessage");
    const sendings = ["one", "two", "three"].map((content) => client.send("w", content));
    await settle();
    server.drop();
    server.release("SendMessage");
    await Promise.all(sendings.map(({ acked }) => acked));

    expect(server.texts("w")).toEqual(["one", "two", "three"]);
  });
});

describe("a final refusal", () => {
  async function failed() {
    const outboxStore = new MemoryOutboxStore();
    const made = await connected({ outboxStore });
    made.server.refuse("SendMessage", "workflow.closed: It is completed.");
    const sending = made.client.send("w", "one");
    const next = made.client.send("w", "two");
    await settle();
    return { ...made, outboxStore, sending, next };
  }

  test("is reported with its code, and the next message goes out", async () => {
    const { client, sending, next, server } = await failed();

    await expect(sending.acked).rejects.toMatchObject({ code: "workflow.closed" });
    expect(client.outbox.get()).toMatchObject([
      { content: "one", state: "failed", failure: { code: "workflow.closed", message: "It is completed." } },
    ]);
    expect((await next.acked).sequence).toBe(1);
    expect(server.texts("w")).toEqual(["two"]);
  });

  test("is not repeated by itself, not even on another connection", async () => {
    const { server, environment } = await failed();
    server.drop();
    await environment.advance(120_000);

    expect(server.texts("w")).toEqual(["two"]);
  });

  test("is there after a reload, to try again with the same key or to discard", async () => {
    const { outboxStore, server, sending } = await failed();
    const reloaded = await connected({ outboxStore, server });
    expect(reloaded.client.outbox.get()).toMatchObject([{ content: "one", state: "failed", failure: { code: "workflow.closed" } }]);

    expect(reloaded.client.retry(sending.clientMessageId)).toBe(true);
    await settle();

    expect(server.texts("w")).toEqual(["two", "one"]);
    expect(server.callsOf("SendMessage").at(-1)?.[0]).toMatchObject({ clientMessageId: sending.clientMessageId });
    expect(await outboxStore.list("marco")).toEqual([]);
    expect(reloaded.client.retry(sending.clientMessageId)).toBe(false);
  });

  test("can be discarded, for good", async () => {
    const { client, outboxStore, sending, server } = await failed();

    expect(client.discard(sending.clientMessageId)).toBe(true);
    expect(client.discard(sending.clientMessageId)).toBe(false);
    await settle();

    expect(client.outbox.get()).toEqual([]);
    expect((await connected({ outboxStore, server })).client.outbox.get()).toEqual([]);
  });
});

test("a message that may be with the server cannot be discarded, a queued one can", async () => {
  const { client, server } = await connected();
  server.hold("SendMessage");
  const [first, second] = [client.send("w", "one"), client.send("w", "two")];
  await settle();

  expect(client.discard(first.clientMessageId)).toBe(false);
  expect(client.discard(second.clientMessageId)).toBe(true);
  await expect(second.acked).rejects.toThrow("discarded");
  server.release("SendMessage");
  await settle();
  expect(server.texts("w")).toEqual(["one"]);
});

test("a message whose ack was lost cannot be discarded", async () => {
  const { client, server, environment } = await connected();
  server.hold("SendMessage");
  const sending = client.send("w", "secret");
  await settle();
  server.isUp = false;
  server.drop();
  await settle();

  expect(client.discard(sending.clientMessageId)).toBe(false);
  server.isUp = true;
  server.release("SendMessage");
  await environment.advance(2_000);
  expect(await sending.acked).toMatchObject({ duplicate: true });
});

test("a message that another tab wrote cannot be discarded while it waits", async () => {
  const outboxStore = new MemoryOutboxStore();
  const server = new FakeServer();
  server.isUp = false;
  const [writing, other] = ["writing", "other"].map((name) => fixture({ outboxStore, server, environment: new FakeEnvironment(name) })) as [
    ReturnType<typeof fixture>,
    ReturnType<typeof fixture>,
  ];
  const sending = writing.client.send("w", "oops");
  await sending.stored;
  other.client.start();
  await settle();

  expect(states(other)).toEqual(["oops queued"]);
  expect(other.client.discard(sending.clientMessageId)).toBe(false);
  expect(writing.client.discard(sending.clientMessageId)).toBe(true);
});

describe("a message that breaks connections", () => {
  test("fails after three in a row, and others that were under way go out", async () => {
    const { client, server, environment } = await connected();
    server.poison = "poison";
    const [poison, innocent] = [client.send("w", "poison"), client.send("other", "innocent")];
    server.hold("SendMessage");
    await environment.advance(1);
    server.release("SendMessage");
    await environment.advance(600_000);

    await expect(poison.acked).rejects.toMatchObject({ code: "message.undelivered" });
    expect(await innocent.acked).toMatchObject({ sequence: 1 });
    expect(client.outbox.get()).toMatchObject([{ content: "poison", state: "failed", failure: { code: "message.undelivered" } }]);
    expect(server.sockets).toHaveLength(4);
    expect(client.connection.get().status).toBe("connected");
  });

  test("is cleared away by discarding, which does not say that it never arrived", async () => {
    const { client, server, environment } = await connected();
    server.poison = "poison";
    const { clientMessageId } = client.send("w", "poison");
    await environment.advance(600_000);

    expect(client.discard(clientMessageId)).toBe(false);
    expect(client.outbox.get()).toEqual([]);
  });

  test("is no one that was sent while the network came back or the client was stopped", async () => {
    const { client, server, environment } = await connected();
    server.hold("SendMessage");
    const sending = client.send("w", "one");
    for (let times = 0; times < 3; times++) {
      await environment.advance(10_000);
      await environment.goOnline(true);
      await client.stop();
      client.start();
      await settle();
    }

    server.release("SendMessage");
    expect(await sending.acked).toMatchObject({ sequence: 1 });
  });

  test("is not sent if it is too long, whoever left it behind", async () => {
    const outboxStore = new MemoryOutboxStore();
    await outboxStore.add({ clientMessageId: "long", userId: "marco", workflowId: "w", content: "x".repeat(16_001), queuedAt: 0 });
    const { client, server } = await connected({ outboxStore });

    expect(client.outbox.get()).toMatchObject([{ state: "failed", failure: { code: "validation.failed" } }]);
    expect(server.callsOf("SendMessage")).toEqual([]);
  });
});

test("a connected client sends what another tab leaves behind later", async () => {
  const outboxStore = new MemoryOutboxStore();
  const { server, environment } = await connected({ outboxStore });
  await leftBehind(outboxStore, "marco", "one");
  await environment.advance(30_000);

  expect(server.texts("w")).toEqual(["one"]);
  server.drop();
  await settle();
  await outboxStore.add({ clientMessageId: "later", userId: "marco", workflowId: "w", content: "two", queuedAt: 0 });
  await environment.advance(30_000);
  expect(server.texts("w")).toEqual(["one", "two"]);
});

test("a message that another tab was refused fails for who wrote it", async () => {
  const outboxStore = new MemoryOutboxStore();
  const writing = fixture({ outboxStore, environment: new FakeEnvironment("writing") });
  const sending = writing.client.send("w", "one");
  await sending.stored;
  const other = fixture({ outboxStore });
  other.server.refuse("SendMessage", "workflow.closed: It is completed.");
  other.client.start();
  await settle();
  writing.client.start();

  await expect(Promise.race([sending.acked, writing.environment.advance(60_000)])).rejects.toMatchObject({ code: "workflow.closed" });
});

let databases = 0;

describe.each([
  ["memory", () => new MemoryOutboxStore()],
  ["IndexedDB", () => new IndexedDbOutboxStore(`outbox-${++databases}`)],
])("a store in %s", (_, makeStore) => {
  test("brings what a closed page left behind to the server, in order and before what is new", async () => {
    const outboxStore = makeStore();
    await leftBehind(outboxStore, "marco", "one", "two");
    const made = fixture({ outboxStore });
    made.client.start();
    const sending = made.client.send("w", "three");
    await sending.acked;

    expect(made.server.texts("w")).toEqual(["one", "two", "three"]);
    await settle();
    expect(await outboxStore.list("marco")).toEqual([]);
    expect(made.client.outbox.get()).toEqual([]);
  });

  test("shows what was left behind before there is a connection", async () => {
    const outboxStore = makeStore();
    await leftBehind(outboxStore, "marco", "one");
    const made = fixture({ outboxStore });
    made.server.isUp = false;
    made.client.start();
    await settle();

    expect(states(made)).toEqual(["one queued"]);
  });

  test("never gives one user's messages to another", async () => {
    const outboxStore = makeStore();
    await leftBehind(outboxStore, "marco", "Marco's");
    const sarah = await connected({ outboxStore, userId: "sarah" });
    await sarah.client.send("w", "Sarah's").acked;

    expect(sarah.server.texts("w")).toEqual(["Sarah's"]);
    expect((await outboxStore.list("marco")).map((message) => message.content)).toEqual(["Marco's"]);
    const marco = await connected({ outboxStore, server: sarah.server });
    await settle();
    expect(marco.server.texts("w")).toEqual(["Sarah's", "Marco's"]);
  });

  test("keeps the order of two tabs: what the other one queued earlier goes first", async () => {
    const outboxStore = makeStore();
    const server = new FakeServer();
    const working = await connected({ outboxStore, server, environment: new FakeEnvironment("working") });
    const cutOff = fixture({ outboxStore, environment: new FakeEnvironment("cut-off") });
    cutOff.server.isUp = false;
    cutOff.client.start();
    await cutOff.client.send("w", "one").stored;
    await cutOff.client.send("w", "two").stored;

    await working.client.send("w", "three").acked;

    expect(server.texts("w")).toEqual(["one", "two", "three"]);
  });

  test("lets two tabs send the same messages at once, which the server stores once and both get acknowledged", async () => {
    const outboxStore = makeStore();
    const server = new FakeServer();
    const tabs = [1, 2].map((tab) => fixture({ outboxStore, server, environment: new FakeEnvironment(`tab-${tab}`) }));
    const sendings = ["one", "two", "three", "four"].map((content, i) => tabs[i % 2]!.client.send("w", content));
    await settle();
    tabs.forEach(({ client }) => client.start());
    await Promise.all(sendings.map(({ acked }) => acked));
    await settle();

    expect(server.texts("w")).toEqual(["one", "two", "three", "four"]);
    expect(await outboxStore.list("marco")).toEqual([]);
    expect(tabs.map(({ client }) => client.outbox.get())).toEqual([[], []]);
  });

  test("gives the ack of a message that another tab has sent to the tab that wrote it", async () => {
    const outboxStore = makeStore();
    const server = new FakeServer();
    const writing = fixture({ outboxStore, server });
    const sending = writing.client.send("w", "one");
    await sending.stored;
    await connected({ outboxStore, server });
    await settle();
    expect(server.texts("w")).toEqual(["one"]);
    expect(await outboxStore.list("marco")).toEqual([]);

    writing.client.start();

    expect(await sending.acked).toMatchObject({ sequence: 1, duplicate: true });
    expect(server.texts("w")).toEqual(["one"]);
  });

  test("shows no failed message that another tab has discarded, and sends one that another tab tries again", async () => {
    const outboxStore = makeStore();
    const server = new FakeServer();
    const tabs = [1, 2].map((tab) => fixture({ outboxStore, server, environment: new FakeEnvironment(`tab-${tab}`) }));
    const [one, other] = [tabs[0]!, tabs[1]!];
    server.refuse("SendMessage", "workflow.closed: It is completed.", "workflow.closed: It is completed.");
    one.client.start();
    const [first, second] = [one.client.send("w", "one"), one.client.send("w", "two")];
    await settle();
    other.client.start();
    await settle();
    expect(states(other)).toEqual(["one failed", "two failed"]);

    one.client.discard(first.clientMessageId);
    one.client.retry(second.clientMessageId);
    await settle();
    server.drop();
    await settle();

    expect(states(other)).toEqual([]);
    expect(server.texts("w")).toEqual(["two"]);
  });

  test("shows no message as queued that another tab has sent", async () => {
    const outboxStore = makeStore();
    await leftBehind(outboxStore, "marco", "one");
    const waiting = fixture({ outboxStore });
    waiting.server.isUp = false;
    waiting.client.start();
    await settle();
    expect(states(waiting)).toEqual(["one queued"]);
    const { server } = await connected({ outboxStore });
    await settle();

    waiting.server.isUp = true;
    await waiting.environment.advance(2_000);

    expect(server.texts("w")).toEqual(["one"]);
    expect(waiting.server.callsOf("SendMessage")).toEqual([]);
    expect(states(waiting)).toEqual([]);
  });
});

describe("a store that fails", () => {
  const broken = (): OutboxStore => {
    const fail = () => Promise.reject(new Error("No room."));
    return { add: fail, update: fail, remove: fail, list: fail };
  };

  test("costs the messages their survival, not their delivery", async () => {
    const { client, server } = await connected({ outboxStore: broken() });
    server.hold("SendMessage");
    const [one, two] = [client.send("w", "one"), client.send("w", "two")];
    expect(await one.stored).toBe(false);
    await settle();
    expect(client.outbox.get()).toMatchObject([{ isStored: false }, { isStored: false }]);
    server.release("SendMessage");
    await Promise.all([one.acked, two.acked]);

    expect(server.texts("w")).toEqual(["one", "two"]);
  });

  test("and throws at once is no different", async () => {
    const fail = () => {
      throw new Error("Denied.");
    };
    const { client, server } = await connected({ outboxStore: { add: fail, update: fail, remove: fail, list: fail } });
    const sending = client.send("w", "one");
    await settle();

    expect(await sending.stored).toBe(false);
    expect(server.texts("w")).toEqual(["one"]);
  });

  test("and never answers is not waited for longer than 2 s", async () => {
    const never = () => new Promise<never>(() => {});
    const { client, server, environment } = await connected({ outboxStore: { add: never, update: never, remove: never, list: never } });
    const sending = client.send("w", "one");
    await environment.advance(10_000);

    expect(await sending.stored).toBe(false);
    expect(server.texts("w")).toEqual(["one"]);
  });

  test("and answers late has the message all the same", async () => {
    const outboxStore = new MemoryOutboxStore();
    let open: (() => void) | undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { client, server, environment } = await connected({
      outboxStore: {
        add: (message) => opened.then(() => outboxStore.add(message)),
        update: (message) => outboxStore.update(message),
        remove: (userId, id) => outboxStore.remove(userId, id),
        list: (userId) => outboxStore.list(userId),
      },
    });
    server.hold("SendMessage");
    const sending = client.send("w", "one");
    await environment.advance(2_000);
    expect(await sending.stored).toBe(false);
    expect(client.outbox.get()).toMatchObject([{ isStored: false }]);

    open?.();
    await settle();

    expect(client.outbox.get()).toMatchObject([{ isStored: true }]);
    server.release("SendMessage");
    await sending.acked;
    await settle();
    expect(await outboxStore.list("marco")).toEqual([]);
  });
});

test("a reading of the store that an ack overtakes does not bring the message back", async () => {
  const outboxStore = new MemoryOutboxStore();
  await leftBehind(outboxStore, "marco", "one");
  let answer: (() => void) | undefined;
  const list = outboxStore.list.bind(outboxStore);
  const made = await connected({ outboxStore });
  made.server.hold("SendMessage");
  made.client.send("w", "two");
  await settle();
  outboxStore.list = async (userId) => {
    const listed = await list(userId);
    await new Promise<void>((resolve) => (answer = resolve));
    return listed;
  };
  made.client.send("other", "elsewhere");
  await settle();
  expect(answer).toBeDefined();
  made.server.release("SendMessage");
  await settle();

  answer!();
  await settle();

  expect(made.server.callsOf("SendMessage").map(([argument]) => (argument as { content: string }).content)).toEqual(["one", "two", "elsewhere"]);
  expect(states(made)).toEqual([]);
});

test("many messages cost few readings of the store", async () => {
  const outboxStore = new MemoryOutboxStore();
  let readings = 0;
  const { client, server } = fixture({
    outboxStore: {
      add: (message) => outboxStore.add(message),
      update: (message) => outboxStore.update(message),
      remove: (userId, id) => outboxStore.remove(userId, id),
      list: (userId) => (readings++, outboxStore.list(userId)),
    },
  });
  const sendings = Array.from({ length: 500 }, (_, i) => client.send("w", String(i)));
  client.start();
  await Promise.all(sendings.map(({ acked }) => acked));

  expect(server.texts("w")).toHaveLength(500);
  expect(readings).toBeLessThan(10);
});
