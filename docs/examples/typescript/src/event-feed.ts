import type { WorkflowEvent } from "./wire.js";

/** Hands on the events of one workflow: in sequence order, each once, none left out. */
export class EventFeed {
  readonly #handOn: (event: WorkflowEvent) => void;

  /** Events that came before something that is still missing, by sequence. */
  readonly #early = new Map<number, WorkflowEvent>();

  #have: number | undefined;

  constructor(handOn: (event: WorkflowEvent) => void) {
    this.#handOn = handOn;
  }

  /** Everything up to this sequence has been handed on, or was in the snapshot. */
  get have(): number {
    return this.#have ?? 0;
  }

  get hasBegun(): boolean {
    return this.#have !== undefined;
  }

  /** The snapshot holds everything up to this sequence. Until it is there, events are kept back. */
  begin(sequence: number): void {
    this.#have = sequence;
    this.#advance();
  }

  /** @returns whether an event before this one is missing */
  take(event: WorkflowEvent): boolean {
    this.#early.set(event.sequence, event);
    if (this.#have === undefined) {
      return false;
    }

    this.#advance();
    return this.#early.size > 0;
  }

  #advance(): void {
    for (const sequence of this.#early.keys()) {
      if (sequence <= this.have) {
        this.#early.delete(sequence);
      }
    }

    for (let next = this.#early.get(this.have + 1); next; next = this.#early.get(this.have + 1)) {
      this.#early.delete(next.sequence);
      this.#have = next.sequence;
      this.#handOn(next);
    }
  }
}
