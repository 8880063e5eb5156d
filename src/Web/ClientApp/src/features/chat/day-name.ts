import type { Language, MessageKey } from "../../app/i18n";
import { dateFormat } from "../../app/times";
import { dayOf } from "./timeline";

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
      const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
      const options = { weekday: "long", day: "numeric", month: "long" } as const;
      return { text: dateFormat(language, isThisYear ? options : { ...options, year: "numeric" }).format(at) };
    }
  }
}
