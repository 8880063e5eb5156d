// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FocusedTab } from "./focused-tab";
import type { LastLine } from "./workflow-activity";

class FakeNotification {
  static permission = "granted";
  static shown: FakeNotification[] = [];
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotification.shown.push(this);
  }

  close() {
    FakeNotification.shown = FakeNotification.shown.filter((other) => other !== this);
  }
}

// Asked for while the module is loaded.
vi.stubGlobal("Notification", FakeNotification);
const { closeNotifications, notifyOfMessage } = await import("./notifications");
const { focusedTab } = await import("./focused-tab");
const { setPreference } = await import("./preferences");

const line: LastLine = { messageId: "m", authorId: "marco", authorName: "Marco", content: "Hello", isDeleted: false, at: "2026-01-01T00:00:00Z" };
const shown = () => FakeNotification.shown.map(({ options }) => options.tag);
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  setPreference("notifications", true);
  FakeNotification.shown = [];
});

afterEach(() => vi.restoreAllMocks());

test("a message is shown only while no tab has the focus", async () => {
  const isAny = vi.spyOn(focusedTab, "isAny").mockResolvedValue(true);
  notifyOfMessage("one", line, "Plans");
  await settled();
  expect(shown()).toEqual([]);

  isAny.mockResolvedValue(false);
  notifyOfMessage("one", line, "Plans");
  await settled();
  expect(shown()).toEqual(["one"]);
});

test("what was read, or belongs to who has signed out, does not stay on the screen", async () => {
  vi.spyOn(focusedTab, "isAny").mockResolvedValue(false);
  ["one", "two", "three"].forEach((id) => notifyOfMessage(id, line, "Plans"));
  await settled();

  closeNotifications("two");
  await settled();
  expect(shown()).toEqual(["one", "three"]);
  closeNotifications();
  await settled();
  expect(shown()).toEqual([]);
});

test("a message that was read while the tabs were asked is not shown", async () => {
  let answer: (isAny: boolean) => void = () => {};
  vi.spyOn(focusedTab, "isAny").mockReturnValue(new Promise((resolve) => (answer = resolve)));
  notifyOfMessage("one", line, "Plans");

  closeNotifications("one");
  answer(false);
  await settled();

  expect(shown()).toEqual([]);
});

test("a tab hears of the focus of another one, and of none in time", async () => {
  vi.useFakeTimers();
  const listeners: [tab: number, (event: Event) => void][] = [];
  const tab = (own: number, hasFocus: () => boolean) =>
    new FocusedTab({
      hasFocus,
      channel: {
        addEventListener: (_: string, listener: unknown) => void listeners.push([own, listener as (event: Event) => void]),
        removeEventListener: (_: string, listener: unknown) => void listeners.splice(listeners.findIndex(([, other]) => other === listener), 1),
        postMessage: (data: unknown) =>
          listeners.filter(([other]) => other !== own).forEach(([, listener]) => listener(new MessageEvent("message", { data }))),
      },
    });
  let isFocused = true;
  const one = tab(1, () => false);
  tab(2, () => isFocused);

  expect(await one.isAny()).toBe(true);
  isFocused = false;
  const none = one.isAny();
  await vi.advanceTimersByTimeAsync(250);
  expect(await none).toBe(false);
  expect(listeners).toHaveLength(2);
  vi.useRealTimers();
});
