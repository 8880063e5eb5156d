import type { Language } from "../../app/i18n";
import type { MessageKey } from "../../app/i18n";
import { localeOf } from "../../app/i18n/locale";
import { dayOf } from "./timeline";

interface Formats {
  readonly time: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayOfYear: Intl.DateTimeFormat;
}

const formats = new Map<Language, Formats>();

/** `9:30 AM` */
export function shortTime(at: number, language: Language): string {
  return formatsOf(language).time.format(at);
}

/** `Monday, March 2, 2026 at 9:30:00 AM` */
export function fullTime(at: number, language: Language): string {
  return formatsOf(language).full.format(at);
}

/** The name of the day that `at` is on: a message key for today and yesterday, the date otherwise. */
export function dayName(at: number, now: number, language: Language): { key: MessageKey } | { text: string } {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  switch (dayOf(at)) {
    case dayOf(now):
      return { key: "chat.today" };
    case dayOf(yesterday.getTime()):
      return { key: "chat.yesterday" };
    default: {
      const { day, dayOfYear } = formatsOf(language);
      return { text: (new Date(at).getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(at) };
    }
  }
}

function formatsOf(language: Language): Formats {
  let made = formats.get(language);
  if (!made) {
    const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(localeOf(language), options);
    made = {
      time: format({ timeStyle: "short" }),
      full: format({ dateStyle: "full", timeStyle: "medium" }),
      day: format({ weekday: "long", day: "numeric", month: "long" }),
      dayOfYear: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    };
    formats.set(language, made);
  }

  return made;
}
