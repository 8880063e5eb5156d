import type { Environment } from "../environment.js";

/** Lets everything that waits for nothing but its turn come to rest, IndexedDB's stand-in included. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A clock that moves only when it is told to, and no jitter. */
export class FakeEnvironment implements Environment {
  /** By `elapsed`. */
  #now = 0;
  #wallClock = Date.parse("2026-03-02T09:30:00Z");
  #ids = 0;
  #online = true;
  #timers: { at: number; call: () => void }[] = [];
  readonly #shownListeners = new Set<() => void>();
  readonly #networkListeners = new Set<(online: boolean) => void>();

  constructor(readonly name = "id") {}

  now = () => this.#wallClock + this.#now;
  elapsed = () => this.#now;
  random = () => 0.5;
  newId = () => `${this.name}-${++this.#ids}`;
  isOnline = () => this.#online;

  after = (milliseconds: number, call: () => void) => {
    const timer = { at: this.#now + milliseconds, call };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  };

  onNetworkChange = (call: (online: boolean) => void) => {
    this.#networkListeners.add(call);
    return () => this.#networkListeners.delete(call);
  };

  get networkListeners(): number {
    return this.#networkListeners.size + this.#shownListeners.size;
  }

  /** The user sets the clock; no time passes. */
  setClock(by: number): void {
    this.#wallClock += by;
  }

  onShown = (call: () => void) => {
    this.#shownListeners.add(call);
    return () => this.#shownListeners.delete(call);
  };

  async show(): Promise<void> {
    this.#shownListeners.forEach((call) => call());
    await settle();
  }

  async goOnline(online: boolean): Promise<void> {
    this.#online = online;
    this.#networkListeners.forEach((call) => call(online));
    await settle();
  }

  /** Moves the clock, and whatever was due on the way happens in its order. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0];
      if (!next) {
        break;
      }

      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
      await settle();
    }

    this.#now = end;
  }
}
