/** What the library needs of the place it runs in. Tests replace it. */
export interface Environment {
  /** Milliseconds since 1970, by this machine's clock. */
  now(): number;
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
}

/** The browser's, or Node's. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
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
