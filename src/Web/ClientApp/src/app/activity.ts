import { Store } from "./store";

/** Milliseconds since 1970: when the user last did something, in any tab of this browser. */
export const lastActivity = new Store<number>(Date.now());

/** How often this tab notes that something was done, and how often it tells the others, in milliseconds. */
const NOTE_EVERY = 1_000;
const TELL_EVERY = 10_000;

const EVENTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;

/**
 * Watches for what the user does. Call once.
 * @param isHeld while it is true, only {@link noteActivity} counts: the question whether somebody is there wants an answer
 */
export function watchActivity(isHeld: () => boolean): void {
  const noticed = () => {
    if (!isHeld() && Date.now() - lastActivity.get() >= NOTE_EVERY) {
      note(Date.now());
    }
  };
  EVENTS.forEach((event) => window.addEventListener(event, noticed, { passive: true, capture: true }));
  channel.addEventListener("message", ({ data }: MessageEvent<number>) => data > lastActivity.get() && lastActivity.set(data));
}

/** The user is there. All tabs hear of it at once. */
export function noteActivity(): void {
  toldAt = 0;
  note(Date.now());
}

const channel = new BroadcastChannel("bmadserver.activity");
let toldAt = 0;

function note(now: number): void {
  lastActivity.set(now);
  if (now - toldAt >= TELL_EVERY) {
    toldAt = now;
    channel.postMessage(now);
  }
}
