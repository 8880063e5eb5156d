import { Backoff } from "./backoff.js";
import type { Environment } from "./environment.js";
import type { HubSocket } from "./hub-socket.js";
import { Refusal } from "./refusal.js";
import type { Session } from "./wire.js";

/** A call was given up: its connection is lost, or nobody wants it any more. Whether the server carried it out is unknown. */
export class CallAbandoned extends Error {
  override readonly name = "CallAbandoned";

  /** @param wasUnanswered whether it had been made and had no answer */
  constructor(readonly wasUnanswered = false) {
    super("The call was given up.");
  }
}

/** A connection that leaves a call unanswered for this many milliseconds is of no use. */
const CALL_LIMIT = 60_000;

/** A connection that has its session, until it is lost. */
export class HubLink {
  readonly session: Session;
  readonly #socket: HubSocket;
  readonly #environment: Environment;
  readonly #abandon: () => void;
  readonly #onLost = new Set<() => void>();
  #isLost = false;
  #isBroken = false;

  /** The user's budget of calls is used up until then, by `elapsed`. */
  #limitedUntil = 0;

  /** @param abandon ends the connection */
  constructor(socket: HubSocket, session: Session, environment: Environment, abandon: () => void) {
    this.#socket = socket;
    this.session = session;
    this.#environment = environment;
    this.#abandon = abandon;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Whether it was lost because the other side, or the network, closed it. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Makes a call, once. @throws {Refusal} @throws {CallAbandoned} @throws {Error} an answer that is neither */
  async invoke<T = void>(method: string, ...args: unknown[]): Promise<T> {
    this.#throwIfLost();
    const cancelLimit = this.#environment.after(CALL_LIMIT, this.#abandon);
    try {
      return (await this.#whileThere(this.#socket.invoke(method, ...args))) as T;
    } catch (error) {
      const refusal = Refusal.of(error);
      if (refusal?.code === "rate_limited") {
        this.#limitedUntil = this.#environment.elapsed() + (refusal.retryAfter ?? 0);
      } else if (refusal?.code === "session.not_found") {
        // Nothing will be carried out on this connection any more; the next one has a session.
        this.#abandon();
      }

      throw refusal ?? error;
    } finally {
      cancelLimit();
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
    let isUnanswered = false;
    try {
      for (;;) {
        await this.pause(this.#limitedUntil - this.#environment.elapsed());
        if (!isWanted()) {
          throw new CallAbandoned();
        }

        isUnanswered = true;
        try {
          return await this.invoke<T>(method, ...args);
        } catch (error) {
          if (error instanceof CallAbandoned || (error instanceof Refusal && !error.isPassing)) {
            throw error;
          }

          // A connection that breaks fails the call with an error of its own first.
          isUnanswered = !(error instanceof Refusal);
          // Not earlier than the server asks for, and not all clients at the same moment.
          const hint = error instanceof Refusal ? error.retryAfter : undefined;
          await this.pause(hint === undefined ? backoff.next() : hint * (1 + this.#environment.random() / 5));
        }
      }
    } catch (error) {
      throw error instanceof CallAbandoned ? new CallAbandoned(isUnanswered) : error;
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
  lose(isBroken: boolean): void {
    this.#isLost = true;
    this.#isBroken = isBroken;
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
