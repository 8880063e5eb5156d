import type { IRetryPolicy } from "@microsoft/signalr";

/** Seconds before the first, second, third attempt; the last one repeats. */
const DELAYS = [0, 2, 10, 30];

/** Each delay is up to this part shorter or longer, so that the clients of a restarted server do not come all at once. */
const JITTER = 0.2;

/**
 * When to try again: after 0, 2, 10 and 30 seconds, and then every 30 seconds for as long as it takes. The library's own
 * policy gives up after the fourth attempt.
 *
 * It counts by itself instead of using the library's count, which starts anew with every connection that opens, even with
 * one that the server closes before there is a session.
 */
export class ReconnectPolicy implements IRetryPolicy {
  readonly #random: () => number;
  #failures = 0;

  /** @param random gives numbers from 0 up to 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** @returns milliseconds */
  nextRetryDelayInMilliseconds(): number {
    const delay = DELAYS[Math.min(this.#failures++, DELAYS.length - 1)]! * 1000;
    return Math.round(delay * (1 + JITTER * (2 * this.#random() - 1)));
  }

  /** The connection has a session: the next drop starts from the first delay. */
  succeeded(): void {
    this.#failures = 0;
  }
}
