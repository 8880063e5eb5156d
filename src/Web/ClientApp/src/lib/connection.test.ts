import { describe, expect, test, vi } from "vitest";
import type { ConnectionState } from "./connection.js";
import { systemEnvironment } from "./environment.js";
import { Refusal } from "./refusal.js";
import { settle } from "./testing/fake-environment.js";
import { Watcher, connected, fixture } from "./testing/fixture.js";

function recorded(client: ReturnType<typeof fixture>["client"]): ConnectionState[] {
  const states: ConnectionState[] = [];
  client.connection.subscribe(() => states.push(client.connection.get()));
  return states;
}

describe("connecting", () => {
  test("a first connection has a fresh session", async () => {
    const { client, server } = fixture();
    const states = recorded(client);
    expect(client.connection.get()).toEqual({ status: "idle" });

    client.start();
    await settle();

    expect(states).toEqual([
      { status: "connecting", attempt: 1, nextTryAt: null },
      { status: "connected", sessionId: "session-1", recovery: "started", expiresAt: "2026-03-02T10:00:00.000000Z" },
    ]);
    expect(server.latest).toMatchObject({ url: "http://server/hubs/chat", token: "token-1" });
  });

  test("it is tried at once, after 2, 10 and 30 s and then every 30 s without end, and says when the next try comes", async () => {
    const { client, server, environment } = fixture();
    server.isUp = false;
    const waits: number[] = [];
    let attempts: number[] = [];
    client.connection.subscribe(() => {
      const state = client.connection.get();
      if ("nextTryAt" in state && state.nextTryAt !== null) {
        waits.push(state.nextTryAt - environment.now());
        attempts.push(state.attempt);
      }
    });

    client.start();
    await environment.advance(2_000 + 10_000 + 30_000 * 4 - 1);

    expect(waits).toEqual([2_000, 10_000, 30_000, 30_000, 30_000, 30_000]);
    expect(attempts).toEqual([2, 3, 4, 5, 6, 7]);
    expect(server.sockets).toHaveLength(6);
    await environment.advance(1);
    expect(server.sockets).toHaveLength(7);
  });

  test("starting twice opens one connection", async () => {
    const { client, server } = await connected();
    client.start();
    await settle();

    expect(server.sockets).toHaveLength(1);
  });

  test("a page that was loaded anew comes back with the session that it kept", async () => {
    const first = await connected();
    first.server.drop();

    const { client, server } = fixture({ server: first.server });
    client.start("session-1");
    await settle();

    expect(server.latest.url).toBe("http://server/hubs/chat?session=session-1");
    expect(client.connection.get()).toEqual({ status: "connected", sessionId: "session-1", recovery: "live", expiresAt: "2026-03-02T10:00:00.000000Z" });
  });

  test("a try without a session is given up after 20 s", async () => {
    const { client, server, environment } = fixture();
    server.opensSessions = false;
    client.start();
    await environment.advance(19_999);
    expect(server.latest.isOpen).toBe(true);

    server.opensSessions = true;
    await environment.advance(1);
    expect(server.sockets.map((socket) => socket.isOpen)).toEqual([false]);
    await environment.advance(2_000);

    expect(client.connection.get().status).toBe("connected");
  });
});

describe("coming back", () => {
  test("after a drop it is tried at once, with the session's id", async () => {
    const { client, server } = await connected();
    const states = recorded(client);

    server.drop();
    await settle();

    expect(states).toEqual([
      { status: "reconnecting", attempt: 1, nextTryAt: null },
      { status: "connected", sessionId: "session-1", recovery: "live", expiresAt: "2026-03-02T10:00:00.000000Z" },
    ]);
    expect(server.latest.url).toBe("http://server/hubs/chat?session=session-1");
  });

  test("a server that breaks each connection soon is not asked without a pause", async () => {
    const { server, environment } = await connected();
    for (let drops = 0; drops < 5; drops++) {
      server.drop();
      await settle();
    }

    expect(server.sockets).toHaveLength(2);
    await environment.advance(2_000);
    expect(server.sockets).toHaveLength(3);
  });

  test("a connection that lasted starts the delays over", async () => {
    const { client, server, environment } = await connected();
    for (let drops = 0; drops < 3; drops++) {
      await environment.advance(60_000);
      server.drop();
      await settle();
      expect(client.connection.get().status).toBe("connected");
    }

    expect(server.sockets).toHaveLength(4);
  });

  test("tryNow ends the wait", async () => {
    const { client, server, environment } = fixture();
    server.isUp = false;
    client.start();
    await environment.advance(2_000 + 10_000);
    server.isUp = true;

    client.tryNow();
    await settle();

    expect(client.connection.get().status).toBe("connected");
  });

  test("when the browser is online again it is tried at once, and while it is offline the state says so", async () => {
    const { client, server, environment } = await connected();
    server.isUp = false;
    server.drop();
    await environment.goOnline(false);
    expect(client.connection.get()).toMatchObject({ status: "offline", attempt: 2 });
    await environment.advance(2_000 + 10_000);
    const tries = server.sockets.length;

    await environment.goOnline(true);
    expect(server.sockets).toHaveLength(tries + 1);
    expect(client.connection.get()).toMatchObject({ status: "reconnecting", nextTryAt: environment.now() + 2_000 });
    server.isUp = true;
    await environment.advance(2_000);

    expect(client.connection.get().status).toBe("connected");
  });

  test("stopping ends everything, and starting again resumes", async () => {
    const { client, server, environment } = await connected();

    await client.stop();
    expect(client.connection.get()).toEqual({ status: "idle" });
    expect(server.latest.isOpen).toBe(false);
    await environment.goOnline(true);
    await environment.advance(120_000);
    expect(server.sockets).toHaveLength(1);
    expect(environment.networkListeners).toBe(0);

    client.start();
    await settle();
    expect(client.connection.get()).toMatchObject({ status: "connected", recovery: "live", expiresAt: "2026-03-02T10:00:00.000000Z" });
  });

  test("stopping while a token is fetched opens nothing", async () => {
    const { client, server, tokens } = fixture();
    let answer = () => {};
    const { get } = tokens;
    tokens.get = async (stale) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return get.call(tokens, stale);
    };
    client.start();
    await settle();
    await client.stop();

    answer();
    await settle();

    expect(server.sockets).toEqual([]);
  });

  test("what still comes on a connection after stopping is not handed on", async () => {
    const { client, server } = await connected();
    const sequences: number[] = [];
    client.join("w", { onSnapshot: () => {}, onEvents: (events) => sequences.push(events.length) });
    await settle();
    const socket = server.latest;
    await client.stop();

    socket.call("ReceiveEvent", server.append("w", { kind: "messagePosted", messageId: "m", content: "late" }));

    expect(sequences).toEqual([]);
  });

  test("stopping during a wait ends it", async () => {
    const { client, server, environment } = fixture();
    server.isUp = false;
    client.start();
    await settle();

    await client.stop();
    await environment.advance(120_000);

    expect(server.sockets).toHaveLength(1);
    expect(client.connection.get()).toEqual({ status: "idle" });
  });
});

describe("the end of a session", () => {
  test.each(["replaced", "loggedOut", "revoked"] as const)("%s is final and reported", async (reason) => {
    const { client, server, environment } = await connected();

    server.end(reason);
    await environment.advance(120_000);
    await environment.goOnline(true);

    expect(client.connection.get()).toEqual({ status: "ended", reason });
    expect(server.sockets).toHaveLength(1);
    client.start();
    await settle();
    expect(server.latest.url).not.toContain("session=");
  });

  test("expired, with a token in date, means that it was idle: final and reported", async () => {
    const { client, server } = await connected();

    server.end("expired");
    await settle();

    expect(client.connection.get()).toEqual({ status: "ended", reason: "expired" });
  });

  test("expired, with an outdated token, means that the token ran out: it comes back to the session with a new one", async () => {
    const { client, server, environment, tokens } = await connected();
    tokens.failures = Array.from({ length: 20 }, () => new Error("No network."));
    await environment.advance(900_000);
    tokens.failures = [];

    server.end("expired");
    await settle();

    expect(client.connection.get().status).toBe("connected");
    expect(server.latest).toMatchObject({ url: "http://server/hubs/chat?session=session-1", token: "token-2" });
    expect(tokens.asked.at(-1)).toBe("token-1");
  });

  test("a token that was renewed and ran out all the same is not shown again", async () => {
    const { client, server, environment, tokens } = await connected();
    await environment.advance(840_000);
    tokens.failures = Array.from({ length: 20 }, () => new Error("No network."));
    await environment.advance(850_000);
    tokens.failures = [];

    server.end("expired");
    await settle();

    expect(tokens.asked.at(-1)).toBe("token-2");
    expect(server.latest.token).toBe("token-3");
    expect(client.connection.get().status).toBe("connected");
  });

  test("replaced by a try of its own that it had given up is a drop like any other", async () => {
    const { client, server, environment } = await connected();
    server.opensSessions = false;
    server.drop();
    await environment.advance(20_000);
    server.opensSessions = true;
    await environment.advance(2_000);

    server.latest.call("SessionEnded", "replaced");
    await environment.advance(10_000);
    expect(client.connection.get().status).toBe("connected");

    server.end("replaced");
    await settle();
    expect(client.connection.get()).toEqual({ status: "ended", reason: "replaced" });
  });

  test("so is replaced by a try of its own that broke before it had a session", async () => {
    const { client, server, environment } = await connected();
    server.opensSessions = false;
    server.drop();
    await settle();
    server.latest.close();
    server.opensSessions = true;
    await environment.advance(2_000);

    server.latest.call("SessionEnded", "replaced");
    await environment.advance(10_000);
    expect(client.connection.get().status).toBe("connected");
  });

  test("replaced a minute after such a try, or after one that did not open, is final", async () => {
    const { client, server, environment } = await connected();
    server.opensSessions = false;
    server.drop();
    await settle();
    server.latest.close();
    server.opensSessions = true;
    await environment.advance(62_000);
    server.isUp = false;
    server.drop();
    await settle();
    server.isUp = true;
    await environment.advance(10_000);

    server.end("replaced");
    await settle();
    expect(client.connection.get()).toEqual({ status: "ended", reason: "replaced" });
  });
});

describe("a clock that is set back", () => {
  const HOUR = 3_600_000;

  test("does not lengthen a pause that the server asked for", async () => {
    const { client, server, environment } = await connected();
    server.refuse("SendMessage", "rate_limited: Too many calls. Try again in 1 s.");
    await Promise.all([client.send("w", "one").acked, environment.advance(2_000)]);
    environment.setClock(-HOUR);
    client.send("w", "two");
    await environment.advance(1_000);

    expect(server.texts("w")).toEqual(["one", "two"]);
  });

  test("does not put off the renewal of a token, nor make its end the end of an idle session", async () => {
    const { client, server, environment, tokens } = await connected();
    await environment.advance(300_000);
    environment.setClock(-HOUR);
    server.drop();
    await settle();
    tokens.failures = Array.from({ length: 40 }, () => new Error("No network."));
    const asked = tokens.asked.length;
    await environment.advance(600_000);
    expect(tokens.asked.length).toBeGreaterThan(asked);
    tokens.failures = [];

    server.end("expired");
    await environment.advance(2_000);
    expect(client.connection.get().status).toBe("connected");
    expect(server.latest.token).toBe("token-2");
  });

  test("and a clock that goes on while the timers stood still end a token alike", async () => {
    const { client, server, environment } = await connected();
    environment.setClock(900_000);

    server.end("expired");
    await settle();

    expect(client.connection.get().status).toBe("connected");
    expect(server.latest.token).toBe("token-2");
  });
});

describe("a network that comes back", () => {
  test("replaces the connection at once, which may stand on the network before", async () => {
    const { client, server, environment } = await connected();
    await environment.advance(60_000);
    await environment.goOnline(false);
    await environment.goOnline(true);

    expect(server.sockets.map((socket) => socket.isOpen)).toEqual([false, true]);
    expect(client.connection.get().status).toBe("connected");
  });

  test("replaces a try that is under way", async () => {
    const { client, server, environment } = fixture();
    server.opensSessions = false;
    client.start();
    await environment.goOnline(false);
    server.opensSessions = true;
    await environment.goOnline(true);

    expect(server.sockets.map((socket) => socket.isOpen)).toEqual([false, true]);
    expect(client.connection.get().status).toBe("connected");
  });
});

test("a page that is shown again tries at once and leaves a connection alone", async () => {
  const { client, server, environment } = fixture();
  server.isUp = false;
  client.start();
  await environment.advance(13_000);
  server.isUp = true;
  await environment.show();
  expect(client.connection.get().status).toBe("connected");

  const sockets = server.sockets.length;
  await environment.show();
  expect(server.sockets).toHaveLength(sockets);
});

describe("a connection of no use", () => {
  test("that leaves a call without an answer for a minute is replaced, and nothing is missing", async () => {
    const { client, server, environment } = await connected();
    const watcher = new Watcher();
    client.join("w", watcher);
    await settle();
    server.pushes = false;
    server.post("w", "lost");
    server.hold("CatchUp");
    server.announce("w");
    await environment.advance(59_999);
    server.release("CatchUp");
    await settle();
    expect(watcher.sequences).toEqual([1]);

    server.post("w", "lost too");
    server.hold("CatchUp");
    server.announce("w");
    await environment.advance(59_999);
    expect(server.sockets).toHaveLength(1);
    await environment.advance(1);
    server.release("CatchUp");
    await settle();

    expect(server.sockets).toHaveLength(2);
    expect(watcher.sequences).toEqual([1, 2]);
  });

  test("that has no session any more is replaced", async () => {
    const { client, server } = await connected();
    server.refuse("SendMessage", "session.not_found: There is none.");
    const sending = client.send("w", "one");
    await settle();

    expect(server.sockets).toHaveLength(2);
    expect(await sending.acked).toMatchObject({ sequence: 1 });
  });
});

test("a client that is stopped by what it tells on a new connection stays stopped", async () => {
  const { client, server } = await connected();
  const watcher = new Watcher();
  client.join("w", watcher);
  await settle();
  watcher.onPresenceReset = () => void client.stop();
  server.drop();
  await settle();

  expect(client.connection.get()).toEqual({ status: "idle" });
  expect(server.sockets.filter((socket) => socket.isOpen)).toEqual([]);
});

test("a timer for a month does not overflow and fire at once", () => {
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  try {
    systemEnvironment.after(30 * 86_400_000, () => {})();

    expect(setTimer).toHaveBeenCalledExactlyOnceWith(expect.any(Function), 2_147_483_647);
  } finally {
    setTimer.mockRestore();
  }
});

describe("tokens", () => {
  test("the open connection gets a new token a minute before the old one runs out, without a gap", async () => {
    const { client, server, environment } = await connected();
    const states = recorded(client);

    await environment.advance(839_999);
    expect(server.callsOf("RefreshToken")).toEqual([]);
    await environment.advance(1);
    expect(server.callsOf("RefreshToken")).toEqual([["token-2"]]);
    await environment.advance(840_000);

    expect(server.callsOf("RefreshToken")).toEqual([["token-2"], ["token-3"]]);
    expect(states).toEqual([]);
    expect(server.sockets).toHaveLength(1);
  });

  test("a renewal that fails is tried again, with another token when the server refused that one", async () => {
    const { server, environment, tokens } = await connected();
    server.refuse("RefreshToken", "auth.token_invalid: No.", "rate_limited: Too many calls. Try again in 3 s.");
    await environment.advance(830_000);
    tokens.failures = [new Error("No network.")];
    await environment.advance(10_000);
    expect(server.callsOf("RefreshToken")).toEqual([]);

    await environment.advance(1_000);
    expect(server.callsOf("RefreshToken")).toEqual([["token-2"]]);
    await environment.advance(2_000);
    expect(server.callsOf("RefreshToken")).toEqual([["token-2"], ["token-3"]]);
    await environment.advance(2_999);
    expect(server.callsOf("RefreshToken")).toHaveLength(2);
    await environment.advance(1);

    expect(server.callsOf("RefreshToken")).toEqual([["token-2"], ["token-3"], ["token-3"]]);
    expect(server.sockets).toHaveLength(1);
  });

  test.each(["auth.refresh_invalid", "auth.refresh_reused", "auth.invalid_credentials", "auth.required"])(
    "a sign-in refused with %s is over",
    async (code) => {
      const { client, server, tokens, environment } = fixture();
      tokens.failures = [new Refusal(code, "No.")];
      client.start();
      await environment.advance(120_000);

      expect(client.connection.get()).toEqual({ status: "ended", reason: "signedOut" });
      expect(server.sockets).toEqual([]);
      expect(tokens.asked).toHaveLength(1);
    },
  );

  test("every other refusal of a token is a reason to try again later", async () => {
    const { client, tokens, environment } = fixture();
    tokens.failures = ["service.unavailable", "server.error", "auth.refresh_raced"].map((code) => new Refusal(code, "No."));
    client.start();
    await environment.advance(42_000);

    expect(client.connection.get().status).toBe("connected");
  });

  test("a sign-in that ends while the connection is open ends the client", async () => {
    const { client, tokens, environment, server } = await connected();
    await environment.advance(830_000);
    tokens.failures = [new Refusal("auth.refresh_invalid", "No.")];
    await environment.advance(10_000);

    expect(client.connection.get()).toEqual({ status: "ended", reason: "signedOut" });
    expect(server.latest.isOpen).toBe(false);
  });

  test("a token of somebody else's opens nothing", async () => {
    const { client, tokens, server } = fixture();
    tokens.userId = "sarah";
    client.start();
    await settle();

    expect(client.connection.get()).toEqual({ status: "ended", reason: "userChanged" });
    expect(server.sockets).toEqual([]);
  });

  test("a token of somebody else's does not renew the connection either", async () => {
    const { client, tokens, server, environment } = await connected();
    tokens.userId = "sarah";
    await environment.advance(840_000);

    expect(client.connection.get()).toEqual({ status: "ended", reason: "userChanged" });
    expect(server.callsOf("RefreshToken")).toEqual([]);
  });

  test("a token with which no connection opens three times is suspected", async () => {
    const { client, server, environment, tokens } = fixture();
    server.isUp = false;
    client.start();
    await environment.advance(2_000 + 10_000);
    expect(tokens.asked).toEqual([undefined, undefined, undefined]);

    await environment.advance(30_000);

    expect(tokens.asked.at(-1)).toBe("token-1");
    expect(server.latest.token).toBe("token-2");
  });
});

test("a listener that throws stops neither the others nor the client", async () => {
  const { client } = fixture();
  const uncaught: unknown[] = [];
  const keep = (error: unknown) => uncaught.push(error);
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", keep);
  try {
    client.connection.subscribe(() => {
      throw new Error("The application's own.");
    });
    const states = recorded(client);

    client.start();
    await settle();

    expect(states.at(-1)?.status).toBe("connected");
    expect(uncaught).toHaveLength(2);
  } finally {
    process.removeListener("uncaughtException", keep);
    before.forEach((listener) => process.on("uncaughtException", listener));
  }
});
