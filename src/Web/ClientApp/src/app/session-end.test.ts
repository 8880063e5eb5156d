// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ChatClient } from "../lib/index";
import { authStore } from "./auth-store";
import { afterSessionEnd } from "./session-end";

const client = {} as ChatClient;

/** As another tab of this browser says it. */
const otherTab = new BroadcastChannel("bmadserver.session-end");

beforeEach(() => {
  vi.spyOn(authStore, "ended").mockImplementation(() => {});
  vi.spyOn(authStore, "signOut").mockImplementation(async () => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("a session that another device has ended signs this browser out", async () => {
  afterSessionEnd("revoked", client, "phone");

  await vi.waitFor(() => expect(authStore.signOut).toHaveBeenCalledWith("revoked"), { timeout: 10_000 });
  expect(authStore.ended).not.toHaveBeenCalled();
});

test.each(["before", "after"])("a session that another tab has ended takes this one along alone, if its word comes %s the end", async (when) => {
  if (when === "before") {
    otherTab.postMessage([when]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  afterSessionEnd("revoked", client, when);
  if (when === "after") {
    await new Promise((resolve) => setTimeout(resolve, 50));
    otherTab.postMessage([when]);
  }

  await vi.waitFor(() => expect(authStore.ended).toHaveBeenCalledWith("revoked"), { timeout: 10_000 });
  expect(authStore.signOut).not.toHaveBeenCalled();
});
