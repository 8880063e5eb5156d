import { useCallback } from "react";
import { preferences } from "../preferences";
import { useStore } from "../store";
import { format, type MessageParams } from "./format";
import { app as deApp } from "./de/app";
import { auth as deAuth } from "./de/auth";
import { chat as deChat } from "./de/chat";
import { sessions as deSessions } from "./de/sessions";
import { workflows as deWorkflows } from "./de/workflows";
import { app as enApp } from "./en/app";
import { auth as enAuth } from "./en/auth";
import { chat as enChat } from "./en/chat";
import { sessions as enSessions } from "./en/sessions";
import { workflows as enWorkflows } from "./en/workflows";

const en = { ...enApp, ...enAuth, ...enWorkflows, ...enChat, ...enSessions };

export type MessageKey = keyof typeof en;
export type Language = "en" | "de";
export type Translate = (key: MessageKey, params?: MessageParams) => string;

/** Every text that users see, by language. A key that one of them lacks does not compile. */
export const catalogues: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en,
  de: { ...deApp, ...deAuth, ...deWorkflows, ...deChat, ...deSessions },
};

/** The language in force: the user's choice, or else the browser's, or else English. */
export function currentLanguage(): Language {
  const { language } = preferences.get();
  return language === "system" ? browserLanguage() : language;
}

/** The text in the language in force. In components use {@link useT}, which notices when the language changes. */
export function t(key: MessageKey, params?: MessageParams): string {
  return format(catalogues[currentLanguage()][key], params);
}

export function useLanguage(): Language {
  useStore(preferences);
  return currentLanguage();
}

export function useT(): Translate {
  const language = useLanguage();
  return useCallback((key, params) => format(catalogues[language][key], params), [language]);
}

function browserLanguage(): Language {
  const languages = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
  const known = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "de" || tag === "en");
  return known === "de" ? "de" : "en";
}
