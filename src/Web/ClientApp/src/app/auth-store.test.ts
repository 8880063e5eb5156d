import { expect, test } from "vitest";
import { Refusal } from "../lib/index";
import { AuthStore, type AuthSurroundings, type SignedOutReason, type SignInSession } from "./auth-store";

/** Tabs of one browser: what one posts, all others get. */
function browser() {
  const listeners: ((event: MessageEvent) => void)[] = [];
  return {
    channel(): AuthSurroundings["channel"] {
      let own: ((event: MessageEvent) => void) | undefined;
      return {
        addEventListener: (_: string, listener: unknown) => {
          own = listener as (event: MessageEvent) => void;
          listeners.push(own);
        },
        postMessage: (data: unknown) => listeners.filter((listener) => listener !== own).forEach((listener) => listener({ data } as MessageEvent)),
      };
    },
  };
}

interface Tab {
  store: AuthStore;
  loggedOut: string[];
  timers: (() => void)[];
  unfinished: { reason: SignedOutReason | null };
  network: { isDown: boolean };
  /** What a sign-out by cookie waits for. */
  turn: { is: Promise<void> };
}

function signInOf(id: string, loggedOut: string[] = [], network = { isDown: false }): SignInSession {
  return {
    user: { id, email: `${id}@example.com`, displayName: id },
    get: () => Promise.resolve({ token: `${id}-token`, userId: id, expiresAt: 0 }),
    logOut: () => (network.isDown ? Promise.reject(new TypeError("fetch failed")) : Promise.resolve(void loggedOut.push(id))),
  };
}

/** @param restores what the browser's cookie is good for, one answer after the other */
function tab(channel: AuthSurroundings["channel"], ...restores: (() => Promise<SignInSession | null>)[]): Tab {
  const loggedOut: string[] = [];
  const timers: (() => void)[] = [];
  const unfinished: Tab["unfinished"] = { reason: null };
  const network = { isDown: false };
  const turn = { is: Promise.resolve() };
  const store = new AuthStore({
    restore: () => restores.shift()!(),
    withPassword: (email, password) =>
      password === "wrong"
        ? Promise.reject(new Refusal("auth.invalid_credentials", "No."))
        : Promise.resolve(signInOf(email.split("@")[0]!, loggedOut, network)),
    logOutByCookie: async (isStillWanted) => {
      if (network.isDown) {
        throw new TypeError("fetch failed");
      }

      await turn.is;
      if (isStillWanted()) {
        loggedOut.push("cookie");
      }
    },
    unfinishedSignOut: { get: () => unfinished.reason, set: (reason) => void (unfinished.reason = reason) },
    channel,
    after: (_, call) => void timers.push(call),
  });
  return { store, loggedOut, timers, unfinished, network, turn };
}

const nobody = () => Promise.resolve(null);
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a reload takes up the sign-in of before", async () => {
  const { store } = tab(browser().channel(), () => Promise.resolve(signInOf("sarah")));

  expect(store.get().status).toBe("restoring");
  await store.restore();

  expect(store.get()).toMatchObject({ status: "signedIn", user: { id: "sarah" } });
});

test("without a sign-in of before the user is signed out, for no reason that is worth telling", async () => {
  const { store } = tab(browser().channel(), nobody);

  await store.restore();

  expect(store.get()).toEqual({ status: "signedOut" });
});

test("a server out of reach is asked again, and nobody is signed out for it", async () => {
  const { store, timers } = tab(browser().channel(), () => Promise.reject(new TypeError("fetch failed")), () => Promise.resolve(signInOf("sarah")));

  await store.restore();
  expect(store.get()).toEqual({ status: "restoring", unreachable: true });

  timers.shift()!();
  await settled();
  expect(store.get().status).toBe("signedIn");
});

test("a wrong password leaves the user signed out and says why", async () => {
  const { store } = tab(browser().channel(), nobody);
  await store.restore();

  await expect(store.signIn("sarah@example.com", "wrong")).rejects.toMatchObject({ code: "auth.invalid_credentials" });

  expect(store.get().status).toBe("signedOut");
});

test("signing in in one tab signs the other ones in", async () => {
  const { channel } = browser();
  const [one, other] = [tab(channel(), nobody), tab(channel(), nobody, () => Promise.resolve(signInOf("sarah")))];
  await Promise.all([one.store.restore(), other.store.restore()]);

  await one.store.signIn("sarah@example.com", "right");
  await settled();

  expect(other.store.get()).toMatchObject({ status: "signedIn", user: { id: "sarah" } });
});

test("signing in as somebody else takes the other tabs along", async () => {
  const { channel } = browser();
  const one = tab(channel(), nobody);
  const other = tab(channel(), () => Promise.resolve(signInOf("sarah")), () => Promise.resolve(signInOf("marco")));
  await Promise.all([one.store.restore(), other.store.restore()]);

  await one.store.signIn("marco@example.com", "right");
  await settled();

  expect(other.store.get()).toMatchObject({ user: { id: "marco" } });
});

test("signing out ends the sign-in once, and every tab knows why", async () => {
  const { channel } = browser();
  const [one, other] = [tab(channel(), nobody), tab(channel(), nobody, () => Promise.resolve(signInOf("sarah")))];
  await Promise.all([one.store.restore(), other.store.restore()]);
  await one.store.signIn("sarah@example.com", "right");
  await settled();

  await one.store.signOut();

  expect(one.store.get()).toEqual({ status: "signedOut", signedOutReason: "loggedOut" });
  expect(other.store.get()).toEqual({ status: "signedOut", signedOutReason: "elsewhere" });
  expect([one.loggedOut, other.loggedOut]).toEqual([["sarah"], []]);
  expect(one.store.tokens).toBeUndefined();
});

test("after the idle limit all tabs say so", async () => {
  const { channel } = browser();
  const one = tab(channel(), () => Promise.resolve(signInOf("sarah")));
  const other = tab(channel(), () => Promise.resolve(signInOf("sarah")));
  await Promise.all([one.store.restore(), other.store.restore()]);

  await one.store.signOut("idle");

  expect(other.store.get()).toEqual({ status: "signedOut", signedOutReason: "idle" });
});

test("an answer to an earlier question does not undo a later sign-out", async () => {
  let answer: (signIn: SignInSession) => void = () => {};
  const { store } = tab(browser().channel(), () => new Promise((resolve) => (answer = resolve)));
  const restored = store.restore();

  await store.signOut();
  answer(signInOf("sarah"));
  await restored;

  expect(store.get().status).toBe("signedOut");
});

test("a sign-out without a network is told to the server later", async () => {
  const { store, loggedOut, timers, unfinished, network } = tab(browser().channel(), nobody);
  await store.restore();
  await store.signIn("sarah@example.com", "right");
  network.isDown = true;

  await store.signOut("idle");
  expect(store.get()).toEqual({ status: "signedOut", signedOutReason: "idle" });
  expect(unfinished.reason).toBe("idle");

  network.isDown = false;
  timers.shift()!();
  await settled();
  expect([loggedOut, unfinished.reason]).toEqual([["cookie"], null]);
});

test("a reload after a sign-out that the server does not know of stays signed out, and tells it", async () => {
  const { store, loggedOut, unfinished } = tab(browser().channel(), () => Promise.resolve(signInOf("sarah")));
  unfinished.reason = "idle";

  await store.restore();

  expect(store.get()).toEqual({ status: "signedOut", signedOutReason: "idle" });
  expect([loggedOut, unfinished.reason]).toEqual([["cookie"], null]);
});

test("a new sign-in is not ended by an earlier sign-out that comes late", async () => {
  const { store, loggedOut, timers, unfinished, network } = tab(browser().channel(), nobody);
  await store.restore();
  await store.signIn("sarah@example.com", "right");
  network.isDown = true;
  await store.signOut();
  network.isDown = false;

  await store.signIn("sarah@example.com", "right");
  timers.forEach((timer) => timer());
  await settled();

  expect([store.get().status, loggedOut, unfinished.reason]).toEqual(["signedIn", [], null]);
});

test("a sign-out in another tab also reaches a tab that is still being restored", async () => {
  const { channel } = browser();
  const one = tab(channel(), () => Promise.resolve(signInOf("sarah")));
  let answer: (signIn: SignInSession) => void = () => {};
  const other = tab(channel(), () => new Promise((resolve) => (answer = resolve)));
  await one.store.restore();
  const restored = other.store.restore();

  await one.store.signOut();
  answer(signInOf("sarah"));
  await restored;

  expect(other.store.get()).toEqual({ status: "signedOut", signedOutReason: "elsewhere" });
});

test("a sign-out that the server does not know yet is seen before each try to restore", async () => {
  const { store, timers, unfinished, loggedOut } = tab(
    browser().channel(),
    () => Promise.reject(new TypeError("fetch failed")),
    () => Promise.resolve(signInOf("sarah")),
  );
  await store.restore();
  unfinished.reason = "loggedOut";

  timers.shift()!();
  await settled();

  expect(store.get()).toEqual({ status: "signedOut", signedOutReason: "loggedOut" });
  expect([loggedOut, unfinished.reason]).toEqual([["cookie"], null]);
});

test("a wrong password does not keep an earlier sign-out from being finished", async () => {
  const { store, loggedOut, timers, unfinished, network } = tab(browser().channel(), nobody);
  await store.restore();
  await store.signIn("sarah@example.com", "right");
  network.isDown = true;
  await store.signOut();
  await store.signIn("sarah@example.com", "wrong").catch(() => {});
  network.isDown = false;

  timers.shift()!();
  await settled();

  expect([loggedOut, unfinished.reason]).toEqual([["cookie"], null]);
});

test("an earlier sign-out that waited for its turn leaves a sign-in made meanwhile alone", async () => {
  const { store, loggedOut, timers, network, turn } = tab(browser().channel(), nobody);
  await store.restore();
  await store.signIn("sarah@example.com", "right");
  network.isDown = true;
  await store.signOut();
  network.isDown = false;
  let begin = () => {};
  turn.is = new Promise((resolve) => (begin = resolve));
  timers.shift()!();

  await store.signIn("sarah@example.com", "right");
  begin();
  await settled();

  expect([store.get().status, loggedOut]).toEqual(["signedIn", []]);
});
