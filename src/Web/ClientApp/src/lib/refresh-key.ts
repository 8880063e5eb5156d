import { systemEnvironment } from "./environment.js";

const STORED_AS = "bmadserver.refreshKey";

/**
 * The idempotency key of a refresh. It stays the same until an answer has arrived, because only with the same key does the server
 * take a second request with a used token for a repeat, and not for a theft. The tabs of a browser share the cookie, and so the key:
 * one that is loaded anew goes on with what was under way. It is no secret that is worth anything without the cookie.
 */
export class RefreshKey {
  /** Where nothing can be stored. */
  #kept: string | null = null;

  /** The one that has no answer yet, or else a new one. */
  get(): string {
    const key = this.#kept ?? this.#stored() ?? systemEnvironment.newId();
    this.#keep(key);
    return key;
  }

  /** The answer is here. */
  done(): void {
    this.#keep(null);
  }

  #stored(): string | null {
    try {
      return storage().getItem(STORED_AS);
    } catch {
      return null;
    }
  }

  #keep(key: string | null): void {
    this.#kept = null;
    try {
      if (key === null) {
        storage().removeItem(STORED_AS);
      } else {
        storage().setItem(STORED_AS, key);
      }
    } catch {
      this.#kept = key;
    }
  }
}

/** @throws where there is none, where it is not allowed, and in Node.js, which has one but nobody to share it with */
function storage(): Storage {
  if (typeof document === "undefined") {
    throw new Error("This is no browser.");
  }

  return localStorage;
}
