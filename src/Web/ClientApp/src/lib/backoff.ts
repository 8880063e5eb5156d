/** Each delay is up to this part shorter or longer, so that the clients of a restarted server do not come all at once. */
const JITTER = 0.2;

/** Growing pauses. The last one repeats without end. */
export class Backoff {
  readonly #seconds: readonly number[];
  readonly #random: () => number;
  #failures = 0;

  /** @param random gives numbers from 0 up to 1 */
  constructor(seconds: readonly number[], random: () => number) {
    this.#seconds = seconds;
    this.#random = random;
  }

  /** Between attempts to connect. */
  static forConnecting(random: () => number): Backoff {
    return new Backoff([0, 2, 10, 30], random);
  }

  /** Between repeats of a call that the server could not carry out just then. */
  static forCalls(random: () => number): Backoff {
    return new Backoff([1, 2, 5, 10, 30], random);
  }

  /** @returns milliseconds */
  next(): number {
    const delay = this.#seconds[Math.min(this.#failures++, this.#seconds.length - 1)]! * 1000;
    return Math.round(delay * (1 + JITTER * (2 * this.#random() - 1)));
  }

  reset(): void {
    this.#failures = 0;
  }
}
