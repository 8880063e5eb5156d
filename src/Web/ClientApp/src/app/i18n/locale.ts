import type { Language } from ".";

/** The variant of a language that the browser prefers, for dates and times: British ones in a British browser. */
export function localeOf(language: Language): string {
  const tags = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
  return tags.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}
