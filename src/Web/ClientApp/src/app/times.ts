import type { Language } from "./i18n";
import { localeOf } from "./i18n/locale";

const DAY = 24 * 60 * 60_000;

/** A moment as a list shows it: the time of today, the weekday within a week, otherwise the date. */
export function shortTime(at: string, language: Language, now = new Date()): string {
  const time = new Date(at);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (time.getTime() >= midnight) {
    return time.toLocaleTimeString(localeOf(language), { timeStyle: "short" });
  }

  if (time.getTime() >= midnight - 6 * DAY) {
    return time.toLocaleDateString(localeOf(language), { weekday: "short" });
  }

  const isThisYear = time.getFullYear() === now.getFullYear();
  return time.toLocaleDateString(localeOf(language), isThisYear ? { day: "numeric", month: "short" } : { dateStyle: "short" });
}

export function fullTime(at: string, language: Language): string {
  return new Date(at).toLocaleString(localeOf(language), { dateStyle: "full", timeStyle: "medium" });
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY],
  ["hour", 60 * 60_000],
  ["minute", 60_000],
];

/** How long ago, in the largest unit that fits. */
export function timeAgo(at: string, language: Language, now = Date.now()): string {
  const passed = Math.max(0, now - Date.parse(at));
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const [unit, length] = UNITS.find(([, size]) => passed >= size) ?? ["minute", 60_000];
  return format.format(-Math.floor(passed / length), unit);
}
