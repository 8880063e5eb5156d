import { describe, expect, test } from "vitest";
import { settle } from "./testing/fake-environment.js";
import { FOREIGN } from "./testing/fake-server.js";
import { connected, fixture } from "./testing/fixture.js";

describe("changes of messages", () => {
  test("wait for a connection, and are repeated on the next one", async () => {
    const { client, server } = fixture();
    client.start();
    const edit = client.editMessage("w", "m1", "Better");
    server.hold("EditMessage");
    await settle();
    server.drop();
    server.release("EditMessage");
    await edit;

    expect(server.callsOf("EditMessage")).toEqual([["w", "m1", "Better"], ["w", "m1", "Better"]]);
  });

  test("of one workflow are made one after the other", async () => {
    const { client, server, environment } = await connected();
    server.refuse("EditMessage", "server.error: A fault.");
    const changes = [client.editMessage("w", "m1", "first"), client.editMessage("w", "m1", "second"), client.deleteMessage("w", "m1")];
    await environment.advance(1_000);
    await Promise.all(changes);

    expect(server.calls.map(({ method, args }) => [method, ...args.slice(2)])).toEqual([
      ["EditMessage", "first"],
      ["EditMessage", "first"],
      ["EditMessage", "second"],
      ["DeleteMessage"],
    ]);
  });

  test("fail with the refusal, and the next one is made all the same", async () => {
    const { client } = await connected();

    const refused = client.editMessage(FOREIGN, "m1", "No");
    const next = client.deleteMessage(FOREIGN, "m1");

    await expect(refused).rejects.toMatchObject({ code: "workflow.not_found" });
    await expect(next).rejects.toMatchObject({ code: "workflow.not_found" });
  });

  test("fail when the client stops, or its session ends", async () => {
    const { client, server } = await connected();
    server.isUp = false;
    server.drop();
    await settle();
    const waiting = client.deleteMessage("w", "m1");
    await settle();
    await client.stop();

    await expect(waiting).rejects.toMatchObject({ name: "Stopped" });
    await expect(client.deleteMessage("w", "m1")).rejects.toMatchObject({ name: "Stopped" });
  });
});

describe("reading", () => {
  test("is told once for the furthest of many, and on the next connection if need be", async () => {
    const { client, server, environment } = await connected();
    server.isUp = false;
    server.drop();
    await settle();
    [1, 5, 3].forEach((sequence) => client.markRead("w", sequence));
    server.isUp = true;
    await environment.advance(2_000);
    expect(server.callsOf("MarkRead")).toEqual([["w", 5]]);

    client.markRead("w", 6);
    await settle();
    expect(server.callsOf("MarkRead")).toEqual([["w", 5], ["w", 6]]);
  });

  test("goes on while an earlier one is being told", async () => {
    const { client, server } = await connected();
    server.hold("MarkRead");
    client.markRead("w", 1);
    await settle();
    client.markRead("w", 2);
    client.markRead("w", 3);
    server.release("MarkRead");
    await settle();

    expect(server.callsOf("MarkRead")).toEqual([["w", 1], ["w", 3]]);
  });
});

test("typing is shown while there is a connection and forgotten otherwise", async () => {
  const { client, server, environment } = await connected();
  server.refuse("SetTyping", "rate_limited: Too many calls. Try again in 1 s.");
  client.setTyping("w", true);
  await settle();
  server.isUp = false;
  server.drop();
  await settle();
  client.setTyping("w", false);
  server.isUp = true;
  await environment.advance(10_000);

  expect(server.callsOf("SetTyping")).toEqual([["w", true]]);
});
