import { beforeEach, expect, test, vi } from "vitest";
import { IDLE_LIMIT, IDLE_WARNING, IdleWatch } from "./idle";
import { Store } from "./store";

const MINUTE = 60_000;

function watched() {
  vi.useFakeTimers({ now: 0 });
  const lastActivity = new Store(0);
  const onIdle = vi.fn<() => void>();
  const watch = new IdleWatch({
    lastActivity,
    onIdle,
    now: () => Date.now(),
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  watch.start();
  return { watch, lastActivity, onIdle };
}

beforeEach(() => {
  vi.useRealTimers();
});

test("the question comes after 28 minutes, with the moment of the sign-out, which comes after 30", () => {
  const { watch, onIdle } = watched();

  vi.advanceTimersByTime(IDLE_WARNING - 1);
  expect(watch.state.get()).toEqual({ status: "active" });
  vi.advanceTimersByTime(1);
  expect(watch.state.get()).toEqual({ status: "warning", endsAt: IDLE_LIMIT });
  expect([IDLE_WARNING, IDLE_LIMIT]).toEqual([28 * MINUTE, 30 * MINUTE]);

  vi.advanceTimersByTime(2 * MINUTE - 1);
  expect(onIdle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onIdle).toHaveBeenCalledOnce();
  expect(watch.state.get()).toEqual({ status: "active" });
});

test("activity puts the question off", () => {
  const { watch, lastActivity } = watched();

  vi.advanceTimersByTime(20 * MINUTE);
  lastActivity.set(Date.now());
  vi.advanceTimersByTime(27 * MINUTE);
  expect(watch.state.get().status).toBe("active");
  vi.advanceTimersByTime(1 * MINUTE);
  expect(watch.state.get()).toEqual({ status: "warning", endsAt: 50 * MINUTE });
});

test("an answer, also one from another tab, takes the question away", () => {
  const { watch, lastActivity, onIdle } = watched();
  vi.advanceTimersByTime(29 * MINUTE);
  expect(watch.state.get().status).toBe("warning");

  lastActivity.set(Date.now());

  expect(watch.state.get().status).toBe("active");
  vi.advanceTimersByTime(27 * MINUTE);
  expect(onIdle).not.toHaveBeenCalled();
});

test("after a sleep beyond the limit the sign-out comes without a question", () => {
  const { watch, onIdle } = watched();

  vi.setSystemTime(8 * 60 * MINUTE);
  watch.check();

  expect(onIdle).toHaveBeenCalledOnce();
});

test("stopped, it asks nothing", () => {
  const { watch, onIdle } = watched();

  watch.stop();
  vi.advanceTimersByTime(60 * MINUTE);

  expect(watch.state.get().status).toBe("active");
  expect(onIdle).not.toHaveBeenCalled();
});
