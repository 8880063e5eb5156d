import { Backoff } from "./backoff.js";
import type { Environment } from "./environment.js";
import { EventFeed } from "./event-feed.js";
import { CallAbandoned, type HubLink } from "./hub-link.js";
import { guarded } from "./observable.js";
import { Refusal } from "./refusal.js";
import type { EventPage, PresenceChanged, TypingChanged, WorkflowEvent, WorkflowSnapshot } from "./wire.js";

/** Who watches a workflow. */
export interface WorkflowObserver {
  /** Once, before everything else. */
  onSnapshot(snapshot: WorkflowSnapshot): void;
  /** What happened after the snapshot: at least one event, in sequence order, each once, none left out, whatever the connection does. */
  onEvents(events: readonly WorkflowEvent[]): void;
  /** The server refuses the workflow, for example with `workflow.not_found`: the user is no participant (any more). The stream has ended. */
  onRefused?(refusal: Refusal): void;
  onTyping?(typing: TypingChanged): void;
  onPresence?(presence: PresenceChanged): void;
  /** The connection is another one: forget who is present. These are, and others may be told of by `onPresence` at once. */
  onPresenceReset?(online: readonly string[]): void;
}

/** One workflow, held open across any number of connections until `leave`. */
export class WorkflowStream {
  readonly workflowId: string;

  /** The snapshot that the stream began with. Rejected with a {@link Refusal}, or {@link CallAbandoned} when it is left before. */
  readonly opened: Promise<WorkflowSnapshot>;

  readonly #observer: WorkflowObserver;
  readonly #environment: Environment;
  readonly #onHandedOn: (stream: WorkflowStream) => void;
  readonly #onEnd: (stream: WorkflowStream) => void;
  readonly #feed: EventFeed;
  #settleOpened!: { resolve(snapshot: WorkflowSnapshot): void; reject(reason: Error): void };
  #hasEnded = false;
  #catchingUpOn: HubLink | undefined;

  /** What was pushed of presence and typing before the connection's first word of who is present. */
  #early: (() => void)[] | undefined;

  /** For {@link ChatClient}, which makes them. */
  constructor(
    workflowId: string,
    observer: WorkflowObserver,
    environment: Environment,
    onHandedOn: (stream: WorkflowStream) => void,
    onEnd: (stream: WorkflowStream) => void,
  ) {
    this.workflowId = workflowId;
    this.#observer = observer;
    this.#environment = environment;
    this.#onHandedOn = onHandedOn;
    this.#onEnd = onEnd;
    this.opened = new Promise((resolve, reject) => (this.#settleOpened = { resolve, reject }));
    this.opened.catch(() => {});
    this.#feed = new EventFeed((events) => {
      if (this.#hasEnded) {
        return;
      }

      guarded(() => this.#observer.onEvents(events));
      this.#onHandedOn(this);
    });
  }

  /** The observer has everything up to this sequence; 0 before the snapshot. */
  get lastSequence(): number {
    return this.#feed.have;
  }

  /** Nothing more comes. The user stays a participant. */
  leave(): void {
    if (!this.#hasEnded) {
      this.#end(new CallAbandoned());
    }
  }

  /** @internal @param joined the workflow's last sequence if the session has it open */
  async useLink(link: HubLink, joined: number | undefined): Promise<void> {
    this.#early = [];
    try {
      if (joined === undefined || !this.#feed.hasBegun) {
        this.#begin(await link.attempt<WorkflowSnapshot>("JoinWorkflow", [this.workflowId], () => !this.#hasEnded));
      } else {
        this.#feed.announce(joined);
        this.#resetPresence([]);
      }
    } catch (error) {
      this.#failed(error);
      return;
    }

    await this.#catchUp(link);
  }

  /** @internal */
  receive(event: WorkflowEvent, link: HubLink | undefined): void {
    if (this.#hasEnded) {
      return;
    }

    this.#feed.take([event]);
    void this.#catchUp(link);
  }

  /** @internal */
  announce(lastSequence: number, link: HubLink | undefined): void {
    this.#feed.announce(lastSequence);
    void this.#catchUp(link);
  }

  /** @internal */
  typing(typing: TypingChanged): void {
    this.#tell(() => this.#observer.onTyping?.(typing));
  }

  /** @internal */
  presence(presence: PresenceChanged): void {
    this.#tell(() => this.#observer.onPresence?.(presence));
  }

  #tell(call: () => void): void {
    if (this.#early) {
      this.#early.push(call);
    } else if (!this.#hasEnded) {
      guarded(call);
    }
  }

  #resetPresence(online: readonly string[]): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    [() => this.#observer.onPresenceReset?.(online), ...early].forEach((call) => this.#tell(call));
  }

  #begin(snapshot: WorkflowSnapshot): void {
    if (this.#hasEnded) {
      return;
    }

    if (this.#feed.hasBegun) {
      // The snapshot is of no use here: the events since then say the same and more.
      this.#feed.announce(snapshot.lastSequence);
    } else {
      guarded(() => this.#observer.onSnapshot(snapshot));
      this.#settleOpened.resolve(snapshot);
      if (this.#hasEnded) {
        return;
      }

      this.#feed.begin(snapshot.lastSequence);
      this.#onHandedOn(this);
    }

    this.#resetPresence(snapshot.online);
  }

  /** Page by page, until nothing is missing. What is pushed meanwhile fits itself in. */
  async #catchUp(link: HubLink | undefined): Promise<void> {
    if (!link || link.isLost || this.#catchingUpOn === link) {
      return;
    }

    this.#catchingUpOn = link;
    const backoff = Backoff.forCalls(this.#environment.random);
    try {
      while (!this.#hasEnded && this.#feed.isBehind) {
        const before = this.#feed.have;
        const page = await link.attempt<EventPage>("CatchUp", [this.workflowId, before], () => !this.#hasEnded);
        if (this.#hasEnded) {
          return;
        }

        this.#feed.announce(page.lastSequence);
        this.#feed.take(page.events);
        if (this.#feed.have === before) {
          await link.pause(backoff.next());
        }
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      if (this.#catchingUpOn === link) {
        this.#catchingUpOn = undefined;
      }
    }
  }

  #failed(error: unknown): void {
    if (error instanceof Refusal && !this.#hasEnded) {
      this.#end(error);
      guarded(() => this.#observer.onRefused?.(error));
    }
  }

  #end(reason: Error): void {
    this.#hasEnded = true;
    this.#settleOpened.reject(reason);
    this.#onEnd(this);
  }
}
