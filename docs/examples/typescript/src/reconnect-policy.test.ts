import assert from "node:assert/strict";
import { test } from "node:test";
import { ReconnectPolicy } from "./reconnect-policy.js";

function delays(policy: ReconnectPolicy, count: number): number[] {
  return Array.from({ length: count }, () => policy.nextRetryDelayInMilliseconds());
}

test("tries at once, then after 2, 10 and 30 s, and then every 30 s without end", () => {
  const withoutJitter = new ReconnectPolicy(() => 0.5);

  assert.deepEqual(delays(withoutJitter, 7), [0, 2_000, 10_000, 30_000, 30_000, 30_000, 30_000]);
  assert.deepEqual(new Set(delays(withoutJitter, 1_000)), new Set([30_000]));
});

test("spreads every attempt but the first by a fifth in both directions", () => {
  assert.deepEqual(delays(new ReconnectPolicy(() => 0), 4), [0, 1_600, 8_000, 24_000]);
  assert.deepEqual(delays(new ReconnectPolicy(() => 0.999_999), 4), [0, 2_400, 12_000, 36_000]);
});

test("starts over after a success", () => {
  const policy = new ReconnectPolicy(() => 0.5);
  delays(policy, 3);

  policy.succeeded();

  assert.deepEqual(delays(policy, 2), [0, 2_000]);
});
