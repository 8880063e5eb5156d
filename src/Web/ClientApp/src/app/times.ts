import type { Language } from "./i18n";
import { localeOf } from "./i18n/locale";

const DAY = 24 * 60 * 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Made once for each form: a list shows hundreds of times. */
export function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = localeOf(language);
  const key = JSON.stringify([locale, options]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}

/** `9:30 AM` */
export function clockTime(at: number, language: Language): string {
  return dateFormat(language, { timeStyle: "short" }).format(at);
}

/** A moment as a list shows it: the time of today, the weekday within a week, otherwise the date. */
export function shortTime(at: number, language: Language, now = new Date()): string {
  const time = new Date(at);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (time.getTime() >= midnight) {
    return clockTime(at, language);
  }

  if (time.getTime() >= midnight - 6 * DAY) {
    return dateFormat(language, { weekday: "short" }).format(time);
  }

  const isThisYear = time.getFullYear() === now.getFullYear();
  return dateFormat(language, isThisYear ? { day: "numeric", month: "short" } : { dateStyle: "short" }).format(time);
}

/** `Monday, March 2, 2026 at 9:30:00 AM` */
export function fullTime(at: number, language: Language): string {
  return dateFormat(language, { dateStyle: "full", timeStyle: "medium" }).format(at);
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
