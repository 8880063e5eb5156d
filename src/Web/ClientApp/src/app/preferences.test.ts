// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

const KEY = "bmadserver.preferences";

async function loaded() {
  vi.resetModules();
  return import("./preferences");
}

beforeEach(() => localStorage.clear());

test("what was chosen is there after a reload", async () => {
  const before = await loaded();
  before.setPreference("theme", "dark");
  before.setPreference("sendWithEnter", false);

  const { preferences } = await loaded();

  expect(preferences.get()).toMatchObject({ theme: "dark", sendWithEnter: false, language: "system" });
});

test("what cannot be read, or makes no sense, falls back to the defaults", async () => {
  localStorage.setItem(KEY, "{");
  expect((await loaded()).preferences.get().theme).toBe("system");

  localStorage.setItem(KEY, JSON.stringify({ theme: "pink", language: "de", sendWithEnter: "yes" }));
  expect((await loaded()).preferences.get()).toMatchObject({ theme: "system", language: "de", sendWithEnter: true });
});

test("another tab's choice holds here, too", async () => {
  const { preferences, followOtherTabs } = await loaded();
  followOtherTabs();

  localStorage.setItem(KEY, JSON.stringify({ theme: "light" }));
  window.dispatchEvent(new StorageEvent("storage", { key: KEY }));

  expect(preferences.get().theme).toBe("light");
});
