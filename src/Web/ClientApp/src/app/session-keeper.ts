import type { Observable } from "../lib/index";

/** The session is extended at most this often, in milliseconds, and at the latest so long after the user did something. */
export const EXTEND_EVERY = 4 * 60_000;

export interface KeeperSurroundings {
  readonly lastActivity: Observable<number>;
  now(): number;
  /** @returns cancels the call */
  after(milliseconds: number, call: () => void): () => void;
  /** Tells the server that the session is in use. */
  extend(): void;
}

/**
 * Keeps this tab's session as long as the user is active, in whichever tab: the server hears nothing of reading and
 * scrolling, and would end the session after its idle limit.
 */
export class SessionKeeper {
  readonly #surroundings: KeeperSurroundings;
  #cancel: (() => void) | undefined;
  #unsubscribe = () => {};
  #extendedAt = 0;

  constructor(surroundings: KeeperSurroundings) {
    this.#surroundings = surroundings;
  }

  start(): void {
    this.stop();
    this.#extendedAt = this.#surroundings.now();
    this.#unsubscribe = this.#surroundings.lastActivity.subscribe(() => this.#plan());
  }

  stop(): void {
    this.#unsubscribe();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Extends at once. */
  extendNow(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#extendedAt = this.#surroundings.now();
    this.#surroundings.extend();
  }

  #plan(): void {
    this.#cancel ??= this.#surroundings.after(Math.max(0, this.#extendedAt + EXTEND_EVERY - this.#surroundings.now()), () => this.extendNow());
  }
}
