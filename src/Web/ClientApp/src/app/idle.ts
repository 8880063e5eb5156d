import type { Observable } from "../lib/index";
import { Store } from "./store";

/** After so many milliseconds without activity of the user's comes the question whether they are there, and the sign-out. */
export const IDLE_WARNING = 28 * 60_000;
export const IDLE_LIMIT = 30 * 60_000;

/** Whether the user is there. `endsAt`, in milliseconds since 1970: when they are signed out. */
export type IdleState = { readonly status: "active" } | { readonly status: "warning"; readonly endsAt: number };

export interface IdleSurroundings {
  /** Milliseconds since 1970. */
  readonly lastActivity: Observable<number>;
  now(): number;
  /** @returns cancels the call */
  after(milliseconds: number, call: () => void): () => void;
  onIdle(): void;
}

/** Measures how long the user has done nothing. */
export class IdleWatch {
  readonly #surroundings: IdleSurroundings;
  readonly #state = new Store<IdleState>({ status: "active" });
  #cancel = () => {};
  #unsubscribe = () => {};

  constructor(surroundings: IdleSurroundings) {
    this.#surroundings = surroundings;
  }

  get state(): Observable<IdleState> {
    return this.#state;
  }

  start(): void {
    this.stop();
    // The timer that runs anyway looks at the newest activity, so only the warning has to hear of it.
    this.#unsubscribe = this.#surroundings.lastActivity.subscribe(() => this.#state.get().status === "warning" && this.check());
    this.check();
  }

  stop(): void {
    this.#cancel();
    this.#unsubscribe();
    this.#show({ status: "active" });
  }

  /** Timers stand still while the machine sleeps: call it when the page is shown again. */
  check(): void {
    this.#cancel();
    const last = this.#surroundings.lastActivity.get();
    const idle = this.#surroundings.now() - last;
    if (idle >= IDLE_LIMIT) {
      this.stop();
      this.#surroundings.onIdle();
      return;
    }

    const isLong = idle >= IDLE_WARNING;
    this.#show(isLong ? { status: "warning", endsAt: last + IDLE_LIMIT } : { status: "active" });
    this.#cancel = this.#surroundings.after((isLong ? IDLE_LIMIT : IDLE_WARNING) - idle, () => this.check());
  }

  #show(state: IdleState): void {
    const before = this.#state.get();
    if (before.status !== state.status || (before.status === "warning" && state.status === "warning" && before.endsAt !== state.endsAt)) {
      this.#state.set(state);
    }
  }
}
