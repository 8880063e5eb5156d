import { describe, expect, test } from "vitest";
import { settle } from "./testing/fake-environment.js";
import { FOREIGN } from "./testing/fake-server.js";
import { Watcher, connected, fixture, range } from "./testing/fixture.js";

async function watching(workflowId = "w") {
  const made = await connected();
  const watcher = new Watcher();
  const stream = made.client.join(workflowId, watcher);
  await settle();
  return { ...made, watcher, stream };
}

describe("a stream", () => {
  test("begins with the snapshot and goes on with every event after it", async () => {
    const made = await connected();
    made.server.post("w", "before", "joining");
    const watcher = new Watcher();
    const stream = made.client.join("w", watcher);
    expect((await stream.opened).lastSequence).toBe(2);

    made.server.post("w", "after");
    made.server.post("other", "elsewhere");

    expect(watcher.snapshots).toHaveLength(1);
    expect(watcher.sequences).toEqual([3]);
    expect(stream.lastSequence).toBe(3);
  });

  test("holds back what is pushed before the snapshot is there", async () => {
    const { client, server } = await connected();
    server.hold("JoinWorkflow");
    const watcher = new Watcher();
    client.join("w", watcher);
    await settle();
    server.post("w", "while joining");
    expect(watcher.sequences).toEqual([]);

    server.release("JoinWorkflow");
    await settle();

    expect(watcher.sequences).toEqual([1]);
  });

  test("opens as soon as there is a connection", async () => {
    const { client, server } = fixture();
    const watcher = new Watcher();
    client.join("w", watcher);
    client.start();
    await settle();

    expect(watcher.snapshots).toHaveLength(1);
    expect(server.callsOf("JoinWorkflow")).toEqual([["w"]]);
  });

  test("is complete after an absence of several pages, with pushes in between", async () => {
    const { server, watcher, environment } = await watching();
    server.post("w", "1");
    server.isUp = false;
    server.pageSize = 3;
    server.drop();
    server.post("w", ...range(2, 9).map(String));
    server.isUp = true;
    server.hold("CatchUp");
    await environment.advance(2_000);
    server.post("w", "10", "11");
    expect(watcher.sequences).toEqual([1]);

    server.release("CatchUp");
    await settle();

    expect(watcher.sequences).toEqual(range(1, 11));
    expect(server.callsOf("CatchUp")).toEqual([["w", 1], ["w", 4], ["w", 7]]);
  });

  test("is complete after an absence with nothing pushed since", async () => {
    const { server, watcher } = await watching();
    server.drop();
    server.post("w", "missed");
    await settle();

    expect(watcher.sequences).toEqual([1]);
    expect(server.callsOf("JoinWorkflow")).toHaveLength(1);
  });

  test("joins again when the drop came between the server's joining and its answer", async () => {
    const { client, server } = await connected();
    server.hold("JoinWorkflow");
    const watcher = new Watcher();
    client.join("w", watcher);
    await settle();
    server.drop();
    server.release("JoinWorkflow");
    await settle();
    server.post("w", "1");

    expect(watcher.snapshots).toHaveLength(1);
    expect(watcher.sequences).toEqual([1]);
  });

  test("costs no call after a drop in which nothing happened", async () => {
    const { server, watcher } = await watching();
    server.post("w", "1");
    server.drop();
    await settle();

    expect(server.callsOf("CatchUp")).toEqual([]);
    expect(server.callsOf("JoinWorkflow")).toHaveLength(1);
    server.post("w", "2");
    expect(watcher.sequences).toEqual([1, 2]);
  });

  test("joins again on a fresh session and misses nothing", async () => {
    const { server, watcher, client } = await watching();
    server.forgetSessions();
    server.drop();
    server.post("w", "missed");
    await settle();
    server.post("w", "live");

    expect(client.connection.get()).toMatchObject({ recovery: "started" });
    expect(server.callsOf("JoinWorkflow")).toHaveLength(2);
    expect(watcher.sequences).toEqual([1, 2]);
    expect(watcher.snapshots).toHaveLength(1);
  });

  test("fills a gap that a push shows", async () => {
    const { server, watcher } = await watching();
    server.pushes = false;
    server.post("w", "lost", "lost");
    server.pushes = true;
    server.post("w", "seen");
    await settle();

    expect(watcher.sequences).toEqual([1, 2, 3]);
    expect(server.callsOf("CatchUp")).toEqual([["w", 0]]);
  });

  test("fills a gap that an announcement shows, and asks for nothing when it has all", async () => {
    const { server, watcher } = await watching();
    server.pushes = false;
    server.post("w", "lost");

    server.announce("w");
    await settle();
    server.announce("w");
    server.announce("w");
    await settle();

    expect(watcher.sequences).toEqual([1]);
    expect(server.callsOf("CatchUp")).toEqual([["w", 0]]);
  });

  test("goes on with a page that shows more than was announced", async () => {
    const { server, watcher } = await watching();
    server.pushes = false;
    server.pageSize = 2;
    server.post("w", ...range(1, 5).map(String));

    server.announce("w", 2);
    await settle();

    expect(watcher.sequences).toEqual(range(1, 5));
  });

  test("catches up once at a time", async () => {
    const { server, watcher } = await watching();
    server.pushes = false;
    server.post("w", "lost");
    server.hold("CatchUp");
    server.announce("w");
    server.announce("w");
    await settle();
    expect(server.callsOf("CatchUp")).toHaveLength(1);

    server.release("CatchUp");
    await settle();
    expect(watcher.sequences).toEqual([1]);
  });

  test("an announcement during a catch-up is not forgotten", async () => {
    const { server, watcher } = await watching();
    server.pushes = false;
    server.post("w", "lost");
    server.hold("CatchUp");
    server.announce("w");
    await settle();
    server.post("w", "lost too");
    server.announce("w");

    server.release("CatchUp");
    await settle();

    expect(watcher.sequences).toEqual([1, 2]);
  });

  test("does not ask without a pause for what the server announces and does not have", async () => {
    const { server, environment } = await watching();

    server.announce("w", 5);
    await environment.advance(7_999);
    expect(server.callsOf("CatchUp")).toHaveLength(3);
  });

  test("ignores what comes twice", async () => {
    const { server, watcher } = await watching();
    server.post("w", "1");
    server.latest.call("ReceiveEvent", server.logs.get("w")![0]);
    server.post("w", "2");

    expect(watcher.sequences).toEqual([1, 2]);
  });

  test("a refusal that passes delays catching up and opening", async () => {
    const { client, server, environment } = await connected();
    server.refuse("JoinWorkflow", "server.error: A fault.", "rate_limited: Too many calls. Try again in 4 s.");
    server.refuse("CatchUp", "service.unavailable: Not now.");
    const watcher = new Watcher();
    client.join("w", watcher);
    await environment.advance(1_000 + 4_399);
    expect(watcher.snapshots).toHaveLength(0);
    await environment.advance(1);
    expect(watcher.snapshots).toHaveLength(1);

    server.pushes = false;
    server.post("w", "1");
    server.announce("w");
    await environment.advance(1_000);

    expect(watcher.sequences).toEqual([1]);
  });

  test("of a workflow that the user is no participant of ends", async () => {
    const { server, watcher, stream } = await watching(FOREIGN);

    expect(watcher.refusals).toEqual(["workflow.not_found"]);
    await expect(stream.opened).rejects.toMatchObject({ code: "workflow.not_found" });
    server.drop();
    await settle();
    expect(server.callsOf("JoinWorkflow")).toHaveLength(1);
  });

  test("two observers of a workflow have all its events each", async () => {
    const { client, server, watcher } = await watching();
    server.post("w", "1");
    const second = new Watcher();
    client.join("w", second);
    await settle();
    server.post("w", "2");

    expect(watcher.sequences).toEqual([1, 2]);
    expect(second.sequences).toEqual([2]);
  });

  test("carries typing and presence, and forgets who was present on another connection", async () => {
    const { server, watcher } = await watching();
    const typing = { workflowId: "w", userId: "sarah", name: "Sarah", isTyping: true };
    const presence = { workflowId: "w", userId: "sarah", name: "Sarah", online: true };
    server.latest.call("TypingChanged", typing);
    server.latest.call("PresenceChanged", presence);
    server.drop();
    await settle();

    expect(watcher.typings).toEqual([typing]);
    expect(watcher.presences).toEqual([["sarah"], presence, []]);
  });

  test("keeps who is present when the server says it in one frame with the session", async () => {
    const { server, watcher } = await watching();
    const presence = { workflowId: "w", userId: "sarah", name: "Sarah", online: true };
    server.sameFrame = [["PresenceChanged", presence]];
    server.drop();
    await settle();

    expect(watcher.presences.slice(-2)).toEqual([[], presence]);
  });
});

describe("leaving", () => {
  test("ends the stream, here and at the server", async () => {
    const { server, watcher, stream } = await watching();

    stream.leave();
    stream.leave();
    await settle();
    server.post("w", "1");

    expect(watcher.sequences).toEqual([]);
    expect(server.callsOf("LeaveWorkflow")).toEqual([["w"]]);
  });

  test("and joining during a running catch-up shows no event twice", async () => {
    const { client, server, watcher, stream } = await watching();
    server.pushes = false;
    server.post("w", "1", "2");
    server.hold("CatchUp");
    server.announce("w");
    await settle();

    stream.leave();
    const second = new Watcher();
    client.join("w", second);
    await settle();
    server.release("CatchUp");
    await settle();
    server.pushes = true;
    server.post("w", "3");

    expect(watcher.sequences).toEqual([]);
    expect(second.snapshots[0]?.lastSequence).toBe(2);
    expect(second.sequences).toEqual([3]);
  });

  test("one of two streams of a workflow leaves the other one open", async () => {
    const { client, server, watcher, stream } = await watching();
    const second = new Watcher();
    client.join("w", second);
    await settle();

    stream.leave();
    await settle();
    server.post("w", "1");

    expect(server.callsOf("LeaveWorkflow")).toEqual([]);
    expect(watcher.sequences).toEqual([]);
    expect(second.sequences).toEqual([1]);
  });

  test("without a connection is told to the server on the next one", async () => {
    const { server, stream, environment } = await watching();
    server.isUp = false;
    server.drop();
    await settle();
    stream.leave();
    expect(server.callsOf("LeaveWorkflow")).toEqual([]);

    server.isUp = true;
    await environment.advance(2_000);

    expect(server.callsOf("LeaveWorkflow")).toEqual([["w"]]);
    expect(server.callsOf("JoinWorkflow")).toHaveLength(1);
  });

  test("that was refused in passing is not repeated once the workflow is open again", async () => {
    const { client, server, stream, environment } = await watching();
    server.refuse("LeaveWorkflow", "server.error: A fault.");
    stream.leave();
    await settle();
    const watcher = new Watcher();
    client.join("w", watcher);
    await environment.advance(60_000);
    server.post("w", "1");

    expect(server.callsOf("LeaveWorkflow")).toHaveLength(1);
    expect(watcher.sequences).toEqual([1]);
  });

  test("before the snapshot is there means that it is not handed on", async () => {
    const { client, server } = await connected();
    server.hold("JoinWorkflow");
    const watcher = new Watcher();
    const stream = client.join("w", watcher);
    await settle();
    stream.leave();
    server.release("JoinWorkflow");
    await settle();

    expect(watcher.snapshots).toEqual([]);
    expect(watcher.presences).toEqual([]);
  });

  test("before the workflow is open, no late repeat opens it", async () => {
    const { client, server, environment } = await connected();
    server.refuse("JoinWorkflow", "server.error: A fault.");
    const stream = client.join("w", new Watcher());
    await settle();
    stream.leave();
    await environment.advance(60_000);

    expect(server.callsOf("JoinWorkflow")).toHaveLength(1);
    await expect(stream.opened).rejects.toThrow();
  });
});

describe("an observer that leaves", () => {
  test("in onSnapshot is told nothing more", async () => {
    const { client, server } = await connected();
    server.hold("JoinWorkflow");
    const watcher = new Watcher();
    const stream = client.join("w", watcher);
    watcher.onSnapshot = () => void stream.leave();
    await settle();
    server.post("w", "early");
    server.release("JoinWorkflow");
    await settle();

    expect(watcher.sequences).toEqual([]);
    expect(watcher.presences).toEqual([]);
  });

  test("or another one that it makes leave, in onEvents, is told nothing more", async () => {
    const { client, server } = await connected();
    const [first, second] = [new Watcher(), new Watcher()];
    const streams = [client.join("w", first), client.join("w", second)];
    await settle();
    first.onEvents = () => streams.forEach((stream) => stream.leave());
    server.post("w", "1", "2");
    await settle();

    expect(second.sequences).toEqual([]);
    expect(server.callsOf("LeaveWorkflow")).toEqual([["w"]]);
  });
});

test("who comes, goes or types before the answer to the join is told of after who is there", async () => {
  const { client, server } = await connected();
  server.hold("JoinWorkflow");
  const watcher = new Watcher();
  client.join("w", watcher);
  await settle();
  const gone = { workflowId: "w", userId: "sarah", name: "Sarah", online: false };
  const typing = { workflowId: "w", userId: "marco", name: "Marco", isTyping: true };
  server.latest.call("PresenceChanged", gone);
  server.latest.call("TypingChanged", typing);
  expect(watcher.presences).toEqual([]);
  expect(watcher.typings).toEqual([]);
  server.release("JoinWorkflow");
  await settle();

  expect(watcher.presences).toEqual([["sarah"], gone]);
  expect(watcher.typings).toEqual([typing]);
});

test("a second leaving is told although the first one is answered meanwhile", async () => {
  const { client, server, environment } = await connected();
  const first = client.join("w", new Watcher());
  await settle();
  server.hold("LeaveWorkflow");
  first.leave();
  await settle();
  const second = client.join("w", new Watcher());
  await settle();
  server.refuse("LeaveWorkflow", "service.unavailable: Not now.");
  second.leave();
  await settle();
  server.release("LeaveWorkflow");
  await environment.advance(10_000);

  expect(server.callsOf("LeaveWorkflow")).toHaveLength(3);
});
