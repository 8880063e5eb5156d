/** A value that others watch. The two functions are bound and fit React's `useSyncExternalStore`. */
export interface Observable<T> {
  /** The same object until the value changes. */
  readonly get: () => T;
  /** @returns ends the subscription */
  readonly subscribe: (listener: () => void) => () => void;
}

export class ObservableValue<T> implements Observable<T> {
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    // Wrapped, so that a listener that subscribes twice is called twice, and each subscription ends alone.
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  };

  set(value: T): void {
    this.#value = value;
    for (const listener of [...this.#listeners]) {
      guarded(listener);
    }
  }
}

/** Calls the application. What it throws is its own fault, reported as an uncaught error, and stops nothing here. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
