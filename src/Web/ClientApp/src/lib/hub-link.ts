import { Backoff } from "./backoff.js";
import type { Environment } from "./environment.js";
import type { HubSocket } from "./hub-socket.js";
import { Refusal } from "./refusal.js";
import type { Session } from "./wire.js";

/** A call was given up: its connection is lost, or nobody wants it any more. Whether the server carried it out is unknown. */
export class CallAbandoned extends Error {
  override readonly name = "CallAbandoned";

  constructor() {
    super("The call was given up.");
  }
}

/** A connection that has its session, until it is lost. */
export class HubLink {
  readonly session: Session;
  readonly #socket: HubSocket;
  readonly #environment: Environment;
  readonly #onLost = new Set<() => void>();
  #isLost = false;

  /** The user's budget of calls is used up until then. */
  #limitedUntil = 0;

  constructor(socket: HubSocket, session: Session, environment: Environment) {
    this.#socket = socket;
    this.session = session;
    this.#environment = environment;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Makes a call, once. @throws {Refusal} @throws {CallAbandoned} @throws {Error} an answer that is neither */
  async invoke<T = void>(method: string, ...args: unknown[]): Promise<T> {
    this.#throwIfLost();
    try {
      return (await this.#whileThere(this.#socket.invoke(method, ...args))) as T;
    } catch (error) {
      const refusal = Refusal.of(error);
      if (refusal?.code === "rate_limited") {
        this.#limitedUntil = this.#environment.now() + (refusal.retryAfter ?? 0);
      }

      throw refusal ?? error;
    }
  }

  /**
   * Makes a call that may be repeated, until the server carries it out.
   * @param isWanted asked before each repeat
   * @throws {Refusal} a final one
   * @throws {CallAbandoned}
   */
  async attempt<T = void>(method: string, args: readonly unknown[], isWanted: () => boolean = () => true): Promise<T> {
    const backoff = Backoff.forCalls(this.#environment.random);
    for (;;) {
      await this.pause(this.#limitedUntil - this.#environment.now());
      if (!isWanted()) {
        throw new CallAbandoned();
      }

      try {
        return await this.invoke<T>(method, ...args);
      } catch (error) {
        if (error instanceof CallAbandoned || (error instanceof Refusal && !error.isPassing)) {
          throw error;
        }

        // Not earlier than the server asks for, and not all clients at the same moment.
        const hint = error instanceof Refusal ? error.retryAfter : undefined;
        await this.pause(hint === undefined ? backoff.next() : hint * (1 + this.#environment.random() / 5));
      }
    }
  }

  /** @throws {CallAbandoned} as soon as the connection is lost */
  async pause(milliseconds: number): Promise<void> {
    this.#throwIfLost();
    if (milliseconds > 0) {
      let cancel = () => {};
      const over = new Promise<void>((resolve) => (cancel = this.#environment.after(milliseconds, resolve)));
      await this.#whileThere(over).finally(cancel);
    }
  }

  /** The connection is over; so is every call and every pause. */
  lose(): void {
    this.#isLost = true;
    this.#onLost.forEach((reject) => reject());
    this.#onLost.clear();
  }

  #whileThere<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new CallAbandoned());
      this.#onLost.add(lost);
      promise.then(resolve, reject).finally(() => this.#onLost.delete(lost));
    });
  }

  #throwIfLost(): void {
    if (this.#isLost) {
      throw new CallAbandoned();
    }
  }
}
