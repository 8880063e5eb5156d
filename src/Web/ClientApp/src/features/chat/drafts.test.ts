// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { loadDraft, saveDraft } from "./drafts";

beforeEach(() => localStorage.clear());

test("a draft is kept for its user, workflow and kind", () => {
  saveDraft("sarah", "w", "new", { text: "half a thought", messageId: "m1" });

  expect(loadDraft("sarah", "w", "new")).toEqual({ text: "half a thought", messageId: "m1" });
  expect(loadDraft("marco", "w", "new")).toEqual({ text: "" });
  expect(loadDraft("sarah", "v", "new")).toEqual({ text: "" });
  expect(loadDraft("sarah", "w", "edit")).toEqual({ text: "" });
});

test("an empty draft leaves nothing behind", () => {
  saveDraft("sarah", "w", "new", { text: "x" });
  saveDraft("sarah", "w", "new", { text: "" });

  expect(localStorage).toHaveLength(0);
});

test("what is not a draft, and a browser that keeps nothing, count as none", () => {
  localStorage.setItem("bmadserver.draft.new.sarah.w", "{broken");
  expect(loadDraft("sarah", "w", "new")).toEqual({ text: "" });
  localStorage.setItem("bmadserver.draft.new.sarah.w", '{"text":1}');
  expect(loadDraft("sarah", "w", "new")).toEqual({ text: "" });

  const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full");
  });
  expect(() => saveDraft("sarah", "w", "new", { text: "x" })).not.toThrow();
  full.mockRestore();
});
