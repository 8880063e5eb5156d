// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setPreference } from "./preferences";
import { listenForShortcuts, registerShortcut } from "./shortcuts";

let stop = () => {};
let unregister = () => {};
const run = vi.fn<() => void>();

beforeEach(() => {
  run.mockClear();
  setPreference("characterShortcuts", true);
  stop = listenForShortcuts();
});

afterEach(() => {
  vi.restoreAllMocks();
  stop();
  unregister();
  document.body.replaceChildren();
});

function press(init: KeyboardEventInit, target: EventTarget = document.body) {
  target.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
}

test("a character runs its shortcut, but not while somebody types, and not when switched off", () => {
  unregister = registerShortcut({ keys: "?", description: "app.shortcut.help", run });
  const field = document.body.appendChild(document.createElement("textarea"));

  press({ key: "?", shiftKey: true });
  expect(run).toHaveBeenCalledTimes(1);
  press({ key: "?", shiftKey: true }, field);
  setPreference("characterShortcuts", false);
  press({ key: "?", shiftKey: true });
  expect(run).toHaveBeenCalledTimes(1);
});

test("a combination also runs while somebody types", () => {
  unregister = registerShortcut({ keys: "mod+k", description: "app.shortcut.search", run });
  const field = document.body.appendChild(document.createElement("input"));

  press({ key: "k", ctrlKey: true }, field);

  expect(run).toHaveBeenCalledOnce();
});

test("letters with Alt are known by their key, whatever character a Mac makes of them", () => {
  unregister = registerShortcut({ keys: "alt+n", description: "app.shortcut.newWorkflow", run });

  press({ key: "˜", code: "KeyN", altKey: true });

  expect(run).toHaveBeenCalledOnce();
});

test("letters with Alt are a Mac's own in text fields, where they type characters", () => {
  unregister = registerShortcut({ keys: "alt+n", description: "app.shortcut.newWorkflow", run });
  const field = document.body.appendChild(document.createElement("textarea"));
  const platform = vi.spyOn(navigator, "platform", "get").mockReturnValue("MacIntel");

  press({ key: "Dead", code: "KeyN", altKey: true }, field);
  expect(run).not.toHaveBeenCalled();
  press({ key: "Dead", code: "KeyN", altKey: true });
  expect(run).toHaveBeenCalledTimes(1);
  platform.mockReturnValue("Win32");
  press({ key: "n", code: "KeyN", altKey: true }, field);
  expect(run).toHaveBeenCalledTimes(2);
});

test("the shortcut registered last wins, and its end brings the one before back", () => {
  const inner = vi.fn<() => void>();
  unregister = registerShortcut({ keys: "mod+k", description: "app.shortcut.search", run });
  const end = registerShortcut({ keys: "mod+k", description: "app.shortcut.search", run: inner });

  press({ key: "k", ctrlKey: true });
  end();
  press({ key: "k", ctrlKey: true });

  expect([inner.mock.calls.length, run.mock.calls.length]).toEqual([1, 1]);
});
