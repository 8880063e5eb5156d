import { Store, useStore } from "./store";

/** What the user chose for this browser. */
export interface Preferences {
  readonly theme: "light" | "dark" | "system";
  readonly language: "en" | "de" | "system";
  /** Enter sends and Shift+Enter breaks the line; otherwise the other way round with Ctrl or Cmd. */
  readonly sendWithEnter: boolean;
  /** Desktop notifications, as far as the browser has permission to show them. */
  readonly notifications: boolean;
  /** Shortcuts of a single character. They disturb people who speak their input, so they can be switched off. */
  readonly characterShortcuts: boolean;
}

const KEY = "bmadserver.preferences";

const defaults: Preferences = {
  theme: "system",
  language: "system",
  sendWithEnter: true,
  notifications: false,
  characterShortcuts: true,
};

const allowed: { readonly [Key in keyof Preferences]: readonly Preferences[Key][] } = {
  theme: ["light", "dark", "system"],
  language: ["en", "de", "system"],
  sendWithEnter: [true, false],
  notifications: [true, false],
  characterShortcuts: [true, false],
};

/** The preferences as they stand. Hold for all tabs of this browser. */
export const preferences = new Store<Preferences>(read());

export function setPreference<Key extends keyof Preferences>(key: Key, value: Preferences[Key]): void {
  preferences.set({ ...preferences.get(), [key]: value });
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.get()));
  } catch {
    // Full, or not allowed: the choice holds for this tab until it closes.
  }
}

/** One preference, and a function that changes it. */
export function usePreference<Key extends keyof Preferences>(key: Key): [Preferences[Key], (value: Preferences[Key]) => void] {
  return [useStore(preferences)[key], (value) => setPreference(key, value)];
}

/** Takes over what another tab chose. Call once. */
export function followOtherTabs(): void {
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) {
      preferences.set(read());
    }
  });
}

/** What is stored may be from another version, or edited by hand. */
function read(): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    stored = (JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {}) as typeof stored;
  } catch {
    // The defaults hold.
  }

  const take = <Key extends keyof Preferences>(key: Key): Preferences[Key] =>
    (allowed[key] as readonly unknown[]).includes(stored[key]) ? (stored[key] as Preferences[Key]) : defaults[key];
  return {
    theme: take("theme"),
    language: take("language"),
    sendWithEnter: take("sendWithEnter"),
    notifications: take("notifications"),
    characterShortcuts: take("characterShortcuts"),
  };
}
