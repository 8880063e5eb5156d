import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refusal } from "./refusal.js";
import { SignIn } from "./sign-in.js";

const answers: (() => Response)[] = [];
const requests: { path: string; headers: Record<string, string> }[] = [];

const tokens = (accessToken: string, { expiresIn = 900, userId = "sarah" } = {}) => () =>
  Response.json(
    { accessToken, expiresIn, user: { id: userId, email: `${userId}@example.com`, displayName: "Sarah" } },
    { headers: { "Set-Cookie": `bmadserver_refresh=${accessToken}-cookie; HttpOnly; Path=/api/v1/auth` } },
  );

const refused = (code: string, status = 401) => () => Response.json({ code, detail: "No." }, { status });

beforeEach(() => {
  vi.useFakeTimers();
  answers.length = requests.length = 0;
  vi.stubGlobal("fetch", async (path: string, { headers }: { headers: Record<string, string> }) => {
    requests.push({ path, headers });
    return answers.shift()!();
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function signedIn(...later: (() => Response)[]): Promise<SignIn> {
  answers.push(tokens("first"), ...later);
  return SignIn.withPassword("", "sarah@example.com", "correct horse battery");
}

test("a token is kept until a minute before its end, and renewed with the newest cookie then", async () => {
  const signIn = await signedIn(tokens("second"), tokens("third"));

  vi.advanceTimersByTime(839_000);
  expect(await signIn.get()).toMatchObject({ token: "first", userId: "sarah", expiresAt: Date.now() + 61_000 });
  vi.advanceTimersByTime(1_000);
  expect((await signIn.get()).token).toBe("second");
  vi.advanceTimersByTime(840_000);
  expect((await signIn.get()).token).toBe("third");

  expect(requests.map((request) => request.headers["Cookie"])).toEqual([
    undefined,
    "bmadserver_refresh=first-cookie",
    "bmadserver_refresh=second-cookie",
  ]);
});

test("a stale token is renewed whatever its time, once for all who ask", async () => {
  const signIn = await signedIn(tokens("second"));

  const got = await Promise.all([signIn.get("first"), signIn.get("first"), signIn.get("first")]);

  expect(got.map(({ token }) => token)).toEqual(["second", "second", "second"]);
  expect((await signIn.get("first")).token).toBe("second");
  expect(requests).toHaveLength(2);
});

test("a refresh that lost the race is repeated, and no other", async () => {
  const signIn = await signedIn(refused("auth.refresh_raced"), tokens("second"), refused("auth.refresh_reused"));

  const renewed = signIn.get("first");
  await vi.advanceTimersByTimeAsync(500);
  expect((await renewed).token).toBe("second");
  await expect(signIn.get("second")).rejects.toMatchObject({ code: "auth.refresh_reused", isSignedOut: true });

  expect(requests).toHaveLength(4);
});

test("a refresh without an answer is repeated with its key, also by a page that was loaded anew; the next one has another", async () => {
  vi.stubGlobal("document", {});
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  });
  const signIn = await signedIn(refused("service.unavailable", 503), tokens("second"), tokens("third"));

  await expect(signIn.get("first")).rejects.toMatchObject({ code: "service.unavailable" });
  expect((await SignIn.restore(""))?.user).toMatchObject({ id: "sarah" });
  expect((await signIn.get("first")).token).toBe("third");

  const [, first, repeat, next] = requests.map(({ headers }) => headers["Idempotency-Key"]);
  expect(first).toBeTruthy();
  expect(repeat).toBe(first);
  expect(next).toBeTruthy();
  expect(next).not.toBe(first);
  expect(stored.size).toBe(0);
});

test("where nothing can be stored a sign-in keeps the key of its refresh itself", async () => {
  const [signIn, other] = [await signedIn(), await signedIn()];
  answers.push(refused("service.unavailable", 503), tokens("second"), tokens("third"));

  await expect(signIn.get("first")).rejects.toMatchObject({ code: "service.unavailable" });
  await signIn.get("first");
  await other.get("first");

  const [first, repeat, others] = requests.slice(2).map(({ headers }) => headers["Idempotency-Key"]);
  expect(repeat).toBe(first);
  expect(others).not.toBe(first);
});

test("a cookie of somebody else's is no token of this user's", async () => {
  const signIn = await signedIn(tokens("second", { userId: "marco" }));

  await expect(signIn.get("first")).rejects.toMatchObject({ code: "auth.user_changed" });
});

test("a fault that passes leaves the sign-in as it was", async () => {
  const signIn = await signedIn(refused("service.unavailable", 503), () => new Response("Bad gateway", { status: 502 }), tokens("second"));

  await expect(signIn.get("first")).rejects.toMatchObject({ code: "service.unavailable", isSignedOut: false });
  const gateway = await signIn.get("first").catch((error: unknown) => error);
  expect(gateway).not.toBeInstanceOf(Refusal);
  expect((await signIn.get("first")).token).toBe("second");
});

test("a page that was loaded anew has its sign-in back from the cookie, or learns that there is none", async () => {
  answers.push(tokens("first"), refused("auth.refresh_invalid"), refused("service.unavailable", 503));

  expect((await SignIn.restore(""))?.user).toMatchObject({ id: "sarah" });
  expect(await SignIn.restore("")).toBeNull();
  await expect(SignIn.restore("")).rejects.toMatchObject({ code: "service.unavailable" });
});

test("tabs take turns in using the cookie", async () => {
  const queue: (() => void)[] = [];
  let isHeld = false;
  const locks = {
    async request<T>(name: string, _: unknown, work: () => Promise<T>): Promise<T> {
      expect(name).toBe("bmadserver-refresh");
      if (isHeld) {
        await new Promise<void>((resolve) => queue.push(resolve));
      }

      isHeld = true;
      try {
        return await work();
      } finally {
        isHeld = false;
        queue.shift()?.();
      }
    },
  };
  vi.stubGlobal("navigator", { locks });
  const [one, other] = [await signedIn(), await signedIn()];
  let underWay = 0;
  let atMost = 0;
  vi.stubGlobal("fetch", async () => {
    atMost = Math.max(atMost, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 200));
    underWay--;
    return tokens("second")();
  });

  const renewals = Promise.all([one.get("first"), other.get("first")]);
  await vi.advanceTimersByTimeAsync(400);
  await renewals;

  expect(atMost).toBe(1);
});

test("a clock that is set back keeps no outdated token", async () => {
  const signIn = await signedIn(tokens("second"));
  vi.advanceTimersByTime(600_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(await signIn.get()).toMatchObject({ token: "first", expiresAt: Date.now() + 300_000 });
  vi.advanceTimersByTime(240_000);

  expect((await signIn.get()).token).toBe("second");
});

test("a call that is refused for its token is made once more with another", async () => {
  const signIn = await signedIn(refused("auth.required"), tokens("second"), () => Response.json({ id: "w" }));
  expect(await signIn.call("GET", "/api/v1/workflows/w")).toEqual({ id: "w" });
  expect(requests.at(-1)?.headers["Authorization"]).toBe("Bearer second");

  answers.push(refused("auth.required"), tokens("third"), refused("auth.required"));
  await expect(signIn.call("GET", "/api/v1/workflows/w")).rejects.toMatchObject({ code: "auth.required" });
  expect(answers).toEqual([]);
});

test("a turn that never comes is not waited for without limit", async () => {
  const limit = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
  const locks = {
    request: (_: string, options: { signal?: AbortSignal }) =>
      new Promise((_resolve, reject) => options.signal?.addEventListener("abort", () => reject(new Error("No turn.")))),
  };
  const signIn = await signedIn();
  vi.stubGlobal("navigator", { locks });
  const renewal = signIn.get("first");
  limit.abort();

  await expect(renewal).rejects.toThrow("No turn.");
  timeout.mockRestore();
});

test("a refusal of the REST API keeps the server's sentences by field", async () => {
  answers.push(() => Response.json({ code: "validation.failed", detail: "No.", errors: { email: ["Email is required."] } }, { status: 400 }));

  await expect(SignIn.withPassword("", "", "x")).rejects.toMatchObject({
    code: "validation.failed",
    errors: { email: ["Email is required."] },
  });
});

test("a refresh is cut off neither by the end of the page nor by the end of patience", async () => {
  const options: RequestInit[] = [];
  const limit = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
  vi.stubGlobal("fetch", (_: string, given: RequestInit) => {
    options.push(given);
    return new Promise(() => {});
  });

  const restored = SignIn.restore("");
  limit.abort(new Error("Too long."));

  await expect(restored).rejects.toThrow("Too long.");
  expect(options).toHaveLength(1);
  expect(options[0]).toMatchObject({ keepalive: true });
  expect(options[0]).not.toHaveProperty("signal");
  timeout.mockRestore();
});

test("a kept sign-in is ended only if that is still wanted", async () => {
  answers.push(() => new Response(null, { status: 204 }), refused("service.unavailable", 503));

  await SignIn.endKept("", () => false);
  expect(requests).toEqual([]);
  await SignIn.endKept("", () => true);
  expect(requests.map(({ path }) => path)).toEqual(["/api/v1/auth/logout"]);
  await expect(SignIn.endKept("", () => true)).rejects.toMatchObject({ code: "service.unavailable" });
});
