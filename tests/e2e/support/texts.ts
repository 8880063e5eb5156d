import { app as deApp } from "../../../src/Web/ClientApp/src/app/i18n/de/app.ts";
import { auth as deAuth } from "../../../src/Web/ClientApp/src/app/i18n/de/auth.ts";
import { chat as deChat } from "../../../src/Web/ClientApp/src/app/i18n/de/chat.ts";
import { sessions as deSessions } from "../../../src/Web/ClientApp/src/app/i18n/de/sessions.ts";
import { workflows as deWorkflows } from "../../../src/Web/ClientApp/src/app/i18n/de/workflows.ts";
import { app as enApp } from "../../../src/Web/ClientApp/src/app/i18n/en/app.ts";
import { auth as enAuth } from "../../../src/Web/ClientApp/src/app/i18n/en/auth.ts";
import { chat as enChat } from "../../../src/Web/ClientApp/src/app/i18n/en/chat.ts";
import { sessions as enSessions } from "../../../src/Web/ClientApp/src/app/i18n/en/sessions.ts";
import { workflows as enWorkflows } from "../../../src/Web/ClientApp/src/app/i18n/en/workflows.ts";
import { format, type MessageParams } from "../../../src/Web/ClientApp/src/app/i18n/format.ts";

export type Language = "en" | "de";

const en = { ...enApp, ...enAuth, ...enWorkflows, ...enChat, ...enSessions };

export type TextKey = keyof typeof en;

/** The app's texts: for what is to be found in each language. A test of one language names things as people see them. */
export const texts: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = {
  en,
  de: { ...deApp, ...deAuth, ...deWorkflows, ...deChat, ...deSessions },
};

/** A text as the app shows it. */
export function textOf(language: Language, key: TextKey, params?: MessageParams): string {
  return format(texts[language][key], params);
}
