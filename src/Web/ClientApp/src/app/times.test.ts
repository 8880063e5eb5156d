import { afterEach, expect, test, vi } from "vitest";
import { clockTime, shortTime, timeAgo } from "./times";

const now = new Date(2026, 2, 12, 15, 0);
const at = (...date: [number, number, number, number?]) => new Date(date[0], date[1], date[2], date[3] ?? 9).getTime();

test("the nearer a moment, the finer it is shown", () => {
  expect(shortTime(at(2026, 2, 12), "de", now)).toBe("09:00");
  expect(shortTime(at(2026, 2, 10), "en", now)).toBe("Tue");
  expect(shortTime(at(2026, 0, 5), "en", now)).toBe("Jan 5");
  expect(shortTime(at(2024, 0, 5), "de", now)).toBe("05.01.24");
});

afterEach(() => vi.unstubAllGlobals());

test("the browser's form of the language decides about the clock", () => {
  const evening = new Date(2026, 2, 12, 21, 30).getTime();
  expect(clockTime(evening, "en")).toMatch(/^9:30\sPM$/);

  vi.stubGlobal("navigator", { languages: ["de", "en-GB"] });
  expect(clockTime(evening, "en")).toBe("21:30");
});

test("how long ago is told in the largest unit that fits", () => {
  const ago = (milliseconds: number) => timeAgo(new Date(now.getTime() - milliseconds).toISOString(), "en", now.getTime());

  expect(ago(30_000)).toBe("this minute");
  expect(ago(5 * 60_000)).toBe("5 minutes ago");
  expect(ago(3 * 60 * 60_000)).toBe("3 hours ago");
  expect(ago(49 * 60 * 60_000)).toBe("2 days ago");
  expect(ago(-60_000), "a server whose clock is ahead").toBe("this minute");
});
