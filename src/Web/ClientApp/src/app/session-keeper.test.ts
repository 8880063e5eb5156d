import { afterEach, expect, test, vi } from "vitest";
import { EXTEND_EVERY, SessionKeeper } from "./session-keeper";
import { Store } from "./store";

afterEach(() => {
  vi.useRealTimers();
});

function kept() {
  vi.useFakeTimers({ now: 0 });
  const lastActivity = new Store(0);
  const extendedAt: number[] = [];
  const keeper = new SessionKeeper({
    lastActivity,
    now: () => Date.now(),
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
    extend: () => extendedAt.push(Date.now()),
  });
  keeper.start();
  return { keeper, extendedAt, act: () => lastActivity.set(Date.now()) };
}

test("activity extends the session, at most every few minutes", () => {
  const { extendedAt, act } = kept();

  for (let second = 0; second < 10 * 60; second++) {
    act();
    vi.advanceTimersByTime(1_000);
  }

  expect(extendedAt).toEqual([EXTEND_EVERY, 2 * EXTEND_EVERY]);
});

test("the last activity counts, too, so that the session outlasts the question whether somebody is there", () => {
  const { extendedAt, act } = kept();

  vi.advanceTimersByTime(1_000);
  act();
  vi.advanceTimersByTime(60 * 60_000);

  expect(extendedAt).toEqual([EXTEND_EVERY]);
});

test("without activity the session is left to end", () => {
  const { keeper, extendedAt, act } = kept();
  vi.advanceTimersByTime(60 * 60_000);
  expect(extendedAt).toEqual([]);

  keeper.stop();
  act();
  vi.advanceTimersByTime(60 * 60_000);
  expect(extendedAt).toEqual([]);
});
