import type { WorkflowEvent } from "./wire.js";

/** Events that wait for an earlier one. More are not kept: catching up brings them again. */
const MAXIMUM_EARLY = 1000;

/** Hands on the events of one workflow: in sequence order, each once, none left out. */
export class EventFeed {
  readonly #handOn: (events: readonly WorkflowEvent[]) => void;

  /** Events that came before something that is still missing, by sequence. */
  readonly #early = new Map<number, WorkflowEvent>();

  #have: number | undefined;
  #known = 0;

  /** @param handOn gets events that follow each other, at least one */
  constructor(handOn: (events: readonly WorkflowEvent[]) => void) {
    this.#handOn = handOn;
  }

  /** Everything up to this sequence has been handed on, or was in the snapshot. */
  get have(): number {
    return this.#have ?? 0;
  }

  get hasBegun(): boolean {
    return this.#have !== undefined;
  }

  /** Whether the workflow is known to have events that are missing here. */
  get isBehind(): boolean {
    return this.#have !== undefined && this.#have < this.#known;
  }

  /** The snapshot holds everything up to this sequence. Until it is there, events are kept back. */
  begin(sequence: number): void {
    this.#have = sequence;
    this.announce(sequence);
    const kept = [...this.#early.values()].sort((one, other) => one.sequence - other.sequence);
    this.#early.clear();
    this.take(kept);
  }

  /** The workflow has events up to this sequence. */
  announce(sequence: number): void {
    this.#known = Math.max(this.#known, sequence);
  }

  take(events: readonly WorkflowEvent[]): void {
    const following: WorkflowEvent[] = [];
    for (const event of events) {
      this.announce(event.sequence);
      if (event.sequence === (this.#have ?? NaN) + 1) {
        for (let next: WorkflowEvent | undefined = event; next; next = this.#early.get(this.have + 1)) {
          this.#early.delete(next.sequence);
          this.#have = next.sequence;
          following.push(next);
        }
      } else if (event.sequence > this.have && this.#early.size < MAXIMUM_EARLY) {
        this.#early.set(event.sequence, event);
      }
    }

    if (following.length > 0) {
      this.#handOn(following);
    }
  }
}
