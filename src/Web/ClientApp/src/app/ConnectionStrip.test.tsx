// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectionState } from "./chat-connection";
import { ConnectionStrip } from "./ConnectionStrip";
import { catalogues } from "./i18n";

beforeEach(() => connectionState.set({ status: "connected", sessionId: "s", recovery: "started", expiresAt: "2026-01-01T00:00:00Z" }));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  connectionState.set({ status: "idle" });
});

test("a network that is gone is told although the link seems to stand, until it is back", () => {
  const isOnline = vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  render(<ConnectionStrip />);
  expect(screen.queryByRole("status")).toBeNull();

  isOnline.mockReturnValue(false);
  act(() => void window.dispatchEvent(new Event("offline")));
  expect(screen.getByRole("status").textContent).toBe(catalogues.en["connection.offline"]);

  isOnline.mockReturnValue(true);
  act(() => void window.dispatchEvent(new Event("online")));
  expect(screen.queryByRole("status")).toBeNull();
});
