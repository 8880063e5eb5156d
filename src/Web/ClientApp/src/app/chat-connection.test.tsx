// @vitest-environment jsdom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { authStore } from "./auth-store";
import { connectionState, useSessionId } from "./chat-connection";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  sessionStorage.clear();
  connectionState.set({ status: "idle" });
});

test("the tab knows its own session while the connection is lost, and nobody else's", () => {
  const user = { id: "sarah", email: "sarah@example.com", displayName: "Sarah" };
  const signedIn = { status: "signedIn", user } as const;
  vi.spyOn(authStore, "get").mockReturnValue(signedIn);
  sessionStorage.setItem("bmadserver.session.marco", "his");
  const { result } = renderHook(useSessionId);
  expect(result.current).toBeUndefined();

  act(() => connectionState.set({ status: "connected", sessionId: "hers", recovery: "started", expiresAt: "2026-01-01T00:00:00Z" }));
  expect(result.current).toBe("hers");

  sessionStorage.setItem("bmadserver.session.sarah", "hers");
  act(() => connectionState.set({ status: "reconnecting", attempt: 1, nextTryAt: null }));
  expect(result.current).toBe("hers");
});
