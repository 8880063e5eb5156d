/** What the library needs of the place it runs in. Tests replace it. */
export interface Environment {
  /** Milliseconds since 1970, by this machine's clock: for what is shown or stored. The user can set it back. */
  now(): number;
  /** Milliseconds since some moment in the past. It never runs backwards, but may stand still while the machine sleeps. */
  elapsed(): number;
  /** @returns cancels the call */
  after(milliseconds: number, call: () => void): () => void;
  /** From 0 up to 1. */
  random(): number;
  /** A new key for a message, never used before. */
  newId(): string;
  /** False when the browser knows that there is no network. */
  isOnline(): boolean;
  /** Calls when the browser notices that the network is there again or gone. @returns ends the subscription */
  onNetworkChange(call: (online: boolean) => void): () => void;
  /** Calls when the user has the page before them again. @returns ends the subscription */
  onShown(call: () => void): () => void;
}

/** A timer of more milliseconds would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The browser's, or Node's. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, Math.min(milliseconds, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  newId: newUuid,
  isOnline: () => typeof navigator === "undefined" || navigator.onLine !== false,
  onNetworkChange(call) {
    if (typeof window === "undefined") {
      return () => {};
    }

    const [online, offline] = [() => call(true), () => call(false)];
    window.addEventListener("online", online);
    window.addEventListener("offline", offline);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("offline", offline);
    };
  },
  onShown(call) {
    if (typeof window === "undefined" || typeof document === "undefined") {
      return () => {};
    }

    const changed = () => {
      if (document.visibilityState === "visible") {
        call();
      }
    };
    document.addEventListener("visibilitychange", changed);
    window.addEventListener("pageshow", call);
    return () => {
      document.removeEventListener("visibilitychange", changed);
      window.removeEventListener("pageshow", call);
    };
  },
};

/** `crypto.randomUUID` is there only on pages that came over HTTPS or from this machine. */
function newUuid(): string {
  if (typeof crypto.randomUUID === "function") {
    return crypto.randomUUID();
  }

  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
