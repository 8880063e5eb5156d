import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { typingSignal } from "./use-typing-signal";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function signal() {
  const told: boolean[] = [];
  return { told, signal: typingSignal((isTyping) => told.push(isTyping)) };
}

test("is given once, and again every three seconds of typing", () => {
  const { told, signal: typing } = signal();
  for (let second = 0; second < 7; second++) {
    typing.pressed();
    vi.advanceTimersByTime(1_000);
  }

  expect(told).toEqual([true, true, true]);
});

test("ends by itself after a pause, and once when it is ended", () => {
  const { told, signal: typing } = signal();
  typing.pressed();
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([true, false]);

  typing.pressed();
  typing.stopped();
  typing.stopped();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([true, false, true, false]);
});
