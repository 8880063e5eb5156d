import { expect, test } from "vitest";
import { Backoff } from "./backoff.js";

const delays = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

test("connecting is tried at once, then after 2, 10 and 30 s, and then every 30 s without end", () => {
  const withoutJitter = Backoff.forConnecting(() => 0.5);

  expect(delays(withoutJitter, 7)).toEqual([0, 2_000, 10_000, 30_000, 30_000, 30_000, 30_000]);
  expect(new Set(delays(withoutJitter, 1_000))).toEqual(new Set([30_000]));
});

test("every delay but the first is spread by a fifth in both directions", () => {
  expect(delays(Backoff.forConnecting(() => 0), 4)).toEqual([0, 1_600, 8_000, 24_000]);
  expect(delays(Backoff.forConnecting(() => 0.999_999), 4)).toEqual([0, 2_400, 12_000, 36_000]);
});

test("a reset starts over", () => {
  const backoff = Backoff.forConnecting(() => 0.5);
  delays(backoff, 3);

  backoff.reset();

  expect(delays(backoff, 2)).toEqual([0, 2_000]);
});

test("a refused call is not repeated at once", () => {
  expect(Backoff.forCalls(() => 0).next()).toBeGreaterThanOrEqual(800);
});
