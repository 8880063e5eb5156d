import type { Environment } from "./environment.js";
import { CallAbandoned, type HubLink } from "./hub-link.js";
import { ObservableValue, type Observable } from "./observable.js";
import type { OutboxStore, StoredMessage } from "./outbox-store.js";
import { Refusal } from "./refusal.js";
import type { Ack } from "./wire.js";

/** One of the user's own messages on its way. */
export interface OutgoingMessage {
  readonly clientMessageId: string;
  readonly workflowId: string;
  readonly content: string;
  readonly replyTo?: string;
  /** Milliseconds since 1970. */
  readonly queuedAt: number;
  /** `sent` stays until the message's event has been handed on, so that the message is always to be seen once. */
  readonly state: "queued" | "sending" | "sent" | "failed";
  /** Whether it survives a reload. */
  readonly isStored: boolean;
  /** Whether `discard` takes it back or clears it away now. */
  readonly canDiscard: boolean;
  /** With `sent`. */
  readonly ack?: Ack;
  /** With `failed`: the server's final refusal, or `message.undelivered`. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** What `send` gives back at once. */
export interface Sending {
  readonly clientMessageId: string;
  /** Whether the message now survives a reload; false when the store failed. Never rejected. */
  readonly stored: Promise<boolean>;
  /** The message is durable with the server. Waits across any number of connections. Rejected with a {@link Refusal} or {@link Discarded}. */
  readonly acked: Promise<Ack>;
}

/** The application took the message back. */
export class Discarded extends Error {
  override readonly name = "Discarded";

  constructor() {
    super("The message was discarded before the server acknowledged it.");
  }
}

/** Of a message with which so many connections in a row broke. It may be with the server all the same. */
const UNDELIVERED = "message.undelivered";
const MAXIMUM_BREAKS = 3;

/** While there is a connection the store is read again after this many milliseconds: another tab may have left a message behind. */
const READ_AGAIN = 30_000;

/** A store that has not answered after this many milliseconds is not waited for any longer. */
const STORE_LIMIT = 2_000;

interface Entry {
  message: StoredMessage;
  state: OutgoingMessage["state"];
  ack?: Ack;
  /** Whether it was sent by this client, and not found in the store. */
  readonly isOwn: boolean;
  /** Whether the server may have it from this client. */
  wasTried: boolean;
  /** So many connections in a row broke while it had no answer. */
  breaks: number;
  storing: "pending" | "done" | "failed";
  readonly stored: Promise<boolean>;
  /** Whether every message of any tab that was stored before this one is known. */
  isOrdered: boolean;
  readonly settle?: { resolve(ack: Ack): void; reject(reason: Error): void };
  view?: OutgoingMessage;
}

/**
 * The user's unsent messages. Those of one workflow are sent one after the other, in the order of the store, so that a
 * refusal that passes cannot reorder them; different workflows do not wait for each other. Messages that a tab left behind
 * are taken up by any other client of the same user: the server stores each only once.
 */
export class Outbox {
  readonly #userId: string;
  readonly #store: OutboxStore;
  readonly #environment: Environment;
  readonly #maximumLength: number;
  readonly #isAwaited: (workflowId: string, sequence: number) => boolean;
  readonly #messages = new ObservableValue<readonly OutgoingMessage[]>([]);

  /** By clientMessageId, in the order of the store. */
  #entries = new Map<string, Entry>();

  #link: HubLink | undefined;

  /** The workflows that are being worked on, on this link. */
  #busy = new Set<string>();

  #reading: Promise<void> = Promise.resolve();

  /** One after the other, those that a connection broke with: so the one whose fault it was is found, and no other. */
  #suspects: Promise<void> = Promise.resolve();

  /** What changed here while the store was being read, so that the answer may be outdated. */
  readonly #touched = new Set<string>();

  /**
   * @param maximumLength of a message, in UTF-16 code units
   * @param isAwaited whether the event with this sequence is still to be handed on
   */
  constructor(
    userId: string,
    store: OutboxStore,
    environment: Environment,
    maximumLength: number,
    isAwaited: (workflowId: string, sequence: number) => boolean,
  ) {
    this.#userId = userId;
    this.#store = store;
    this.#environment = environment;
    this.#maximumLength = maximumLength;
    this.#isAwaited = isAwaited;
  }

  get messages(): Observable<readonly OutgoingMessage[]> {
    return this.#messages;
  }

  /** Takes up what the store holds. */
  async load(): Promise<void> {
    await this.#read();
    this.#deliverAll();
  }

  useLink(link: HubLink): void {
    this.#link = link;
    this.#busy = new Set();
    this.#suspects = Promise.resolve();
    // First of all the store is read: another tab may have sent what waits here.
    void this.load();
    void this.#readAgain(link);
  }

  send(workflowId: string, content: string, replyTo?: string): Sending {
    const message: StoredMessage = {
      clientMessageId: this.#environment.newId(),
      userId: this.#userId,
      workflowId,
      content,
      ...(replyTo === undefined ? {} : { replyTo }),
      queuedAt: this.#environment.now(),
    };
    let settle!: NonNullable<Entry["settle"]>;
    const acked = new Promise<Ack>((resolve, reject) => (settle = { resolve, reject }));
    // Who does not look at the promise sees the failure among the messages.
    acked.catch(() => {});
    const storingIs = (storing: Entry["storing"]) => {
      entry.storing = storing;
      if (this.#entries.has(message.clientMessageId)) {
        this.#show(entry);
      }
    };
    const stored = this.#stored(
      () => this.#store.add(message),
      () => storingIs("done"),
    );
    const entry: Entry = {
      message,
      state: "queued",
      isOwn: true,
      wasTried: false,
      breaks: 0,
      storing: "pending",
      stored,
      isOrdered: false,
      settle,
    };
    this.#entries.set(message.clientMessageId, entry);
    void stored.then((isStored) => storingIs(isStored ? "done" : "failed"));
    this.#show(entry);
    void this.#deliver(workflowId);
    return { clientMessageId: message.clientMessageId, stored, acked };
  }

  /** Sends a failed message once more, with the same key. @returns false when there is none */
  retry(clientMessageId: string): boolean {
    const entry = this.#entries.get(clientMessageId);
    if (entry?.state !== "failed") {
      return false;
    }

    const { failure: _, ...message } = entry.message;
    entry.message = message;
    entry.state = "queued";
    entry.breaks = 0;
    this.#update(entry);
    this.#show(entry);
    void this.#deliver(message.workflowId);
    return true;
  }

  /**
   * Takes back a message that this client wrote and never tried to send, or clears away a failed one.
   * @returns true when it is certain that this client has not brought it to the server
   */
  discard(clientMessageId: string): boolean {
    const entry = this.#entries.get(clientMessageId);
    if (!entry || !canDiscard(entry)) {
      return false;
    }

    this.#remove(entry);
    entry.settle?.reject(new Discarded());
    return entry.message.failure?.code !== UNDELIVERED;
  }

  /** The workflow's events have been handed on up to this sequence. */
  handedOn(workflowId: string, sequence: number): void {
    let changed = false;
    for (const [id, { message, ack }] of this.#entries) {
      if (ack && message.workflowId === workflowId && ack.sequence <= sequence) {
        changed = this.#entries.delete(id);
      }
    }

    if (changed) {
      this.#publish();
    }
  }

  #deliverAll(): void {
    for (const workflowId of new Set([...this.#entries.values()].map((entry) => entry.message.workflowId))) {
      void this.#deliver(workflowId);
    }
  }

  async #deliver(workflowId: string): Promise<void> {
    const [link, busy] = [this.#link, this.#busy];
    if (!link || link.isLost || busy.has(workflowId)) {
      return;
    }

    busy.add(workflowId);
    while (!link.isLost) {
      const entry = this.#firstOf(workflowId);
      if (!entry) {
        break;
      }

      if (entry.isOrdered) {
        await this.#deliverOne(link, entry);
      } else {
        await entry.stored;
        await this.#read();
      }
    }

    busy.delete(workflowId);
  }

  async #readAgain(link: HubLink): Promise<void> {
    try {
      for (;;) {
        await link.pause(READ_AGAIN);
        await this.load();
      }
    } catch {
      // The connection is lost. The next one begins with reading.
    }
  }

  async #deliverOne(link: HubLink, entry: Entry): Promise<void> {
    if (entry.breaks === 0) {
      await this.#attempt(link, entry);
      return;
    }

    this.#suspects = this.#suspects.then(() => (link.isLost ? undefined : this.#attempt(link, entry)));
    await this.#suspects;
  }

  async #attempt(link: HubLink, entry: Entry): Promise<void> {
    const { clientMessageId, workflowId, content, replyTo } = entry.message;
    const tooLong = refusalOfLength(content, this.#maximumLength);
    if (tooLong) {
      // Left behind by a page that was told of another limit.
      this.#fail(entry, tooLong);
      return;
    }

    entry.state = "sending";
    this.#show(entry);
    try {
      const argument = { content, workflowId, clientMessageId, ...(replyTo === undefined ? {} : { replyTo }) };
      const ack = await link.attempt<Ack>("SendMessage", [argument], () => (entry.wasTried = true));
      this.#acknowledge(entry, ack);
    } catch (error) {
      if (error instanceof Refusal) {
        this.#fail(entry, error);
      } else if (error instanceof CallAbandoned && error.wasUnanswered && link.isBroken && ++entry.breaks === MAXIMUM_BREAKS) {
        this.#fail(entry, new Refusal(UNDELIVERED, "The connection broke each time the message was sent."));
      } else {
        // The connection is lost and nobody knows whether the message arrived. It waits for the next one.
        entry.state = "queued";
        this.#show(entry);
      }
    }
  }

  #acknowledge(entry: Entry, ack: Ack): void {
    entry.settle?.resolve(ack);
    entry.state = "sent";
    entry.ack = ack;
    if (this.#isAwaited(ack.workflowId, ack.sequence)) {
      this.#forget(entry);
      this.#show(entry);
    } else {
      this.#remove(entry);
    }
  }

  #fail(entry: Entry, refusal: Refusal): void {
    entry.state = "failed";
    entry.message = { ...entry.message, failure: { code: refusal.code, message: refusal.message } };
    this.#update(entry);
    this.#show(entry);
    entry.settle?.reject(refusal);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.message.clientMessageId);
    this.#forget(entry);
    this.#publish();
  }

  #forget({ message }: Entry): void {
    this.#touched.add(message.clientMessageId);
    void this.#stored(() => this.#store.remove(this.#userId, message.clientMessageId));
  }

  #update({ message }: Entry): void {
    this.#touched.add(message.clientMessageId);
    void this.#stored(() => this.#store.update(message));
  }

  #firstOf(workflowId: string): Entry | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.message.workflowId === workflowId && entry.state === "queued") {
        return entry;
      }
    }

    return undefined;
  }

  /** Fits what the store holds into what this client knows. */
  #read(): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      this.#touched.clear();
      const storedBefore = new Set([...this.#entries.values()].filter((entry) => entry.storing === "done"));
      let listed: readonly StoredMessage[] = [];
      const isRead = await this.#stored(async () => void (listed = await this.#store.list(this.#userId)));
      if (isRead) {
        this.#merge(listed, storedBefore);
      }

      for (const entry of this.#entries.values()) {
        entry.isOrdered ||= !isRead || entry.storing === "failed" || storedBefore.has(entry);
      }
    });
    return this.#reading;
  }

  #merge(listed: readonly StoredMessage[], storedBefore: ReadonlySet<Entry>): void {
    const queue = new Map<string, Entry>();
    for (const message of listed) {
      const id = message.clientMessageId;
      const entry = this.#entries.get(id);
      if (!entry && !this.#touched.has(id)) {
        queue.set(id, adopted(message));
      } else if (entry && entry.state !== "sent") {
        queue.set(id, entry);
        if ((entry.state === "queued" || entry.state === "failed") && !this.#touched.has(id)) {
          // Another tab may have failed to send it, or tried again.
          entry.message = message;
          entry.state = message.failure ? "failed" : "queued";
          delete entry.view;
          if (message.failure) {
            entry.settle?.reject(new Refusal(message.failure.code, message.failure.message));
          }
        }
      }
    }

    const sent = new Map<string, Entry>();
    for (const [id, entry] of this.#entries) {
      if (entry.state === "sent") {
        sent.set(id, entry);
      } else if (!queue.has(id) && !(storedBefore.has(entry) && this.#isSettledElsewhere(entry))) {
        queue.set(id, entry);
      }
    }

    this.#entries = new Map([...sent, ...queue]);
    this.#publish();
  }

  /** Another tab has sent or discarded it. Whoever still waits for the ack gets it by sending again. */
  #isSettledElsewhere(entry: Entry): boolean {
    const waits = entry.isOwn && entry.state === "queued";
    return !waits && entry.state !== "sending" && !this.#touched.has(entry.message.clientMessageId);
  }

  /**
   * @param doneLate called when the store did it after all, later than anybody waits for it
   * @returns whether the store did it
   */
  #stored(operation: () => Promise<void>, doneLate: () => void = () => {}): Promise<boolean> {
    return new Promise((resolve) => {
      let isAwaited = true;
      const cancel = this.#environment.after(STORE_LIMIT, () => {
        isAwaited = false;
        resolve(false);
      });
      // An async function, so that a store that throws at once fails like any other.
      (async () => operation())()
        .then(
          () => (isAwaited ? resolve(true) : doneLate()),
          () => resolve(false),
        )
        .finally(cancel);
    });
  }

  #show(entry: Entry): void {
    delete entry.view;
    this.#publish();
  }

  #publish(): void {
    this.#messages.set([...this.#entries.values()].map((entry) => (entry.view ??= viewOf(entry))));
  }
}

/** @returns why the message is not to be sent, if it is too long */
export function refusalOfLength(content: string, maximum: number): Refusal | undefined {
  // Far beyond the limit the server closes the connection instead of refusing, and the repeat would close the next one.
  return content.length > maximum ? new Refusal("validation.failed", `A message has at most ${maximum} characters.`) : undefined;
}

function adopted(message: StoredMessage): Entry {
  return {
    message,
    state: message.failure ? "failed" : "queued",
    isOwn: false,
    wasTried: true,
    breaks: 0,
    storing: "done",
    stored: Promise.resolve(true),
    isOrdered: true,
  };
}

function canDiscard({ state, isOwn, wasTried }: Entry): boolean {
  return state === "failed" || (state === "queued" && isOwn && !wasTried);
}

function viewOf(entry: Entry): OutgoingMessage {
  const { message, state, storing, ack } = entry;
  const { userId: _, ...shown } = message;
  return Object.freeze({ ...shown, state, isStored: storing === "done", canDiscard: canDiscard(entry), ...(ack ? { ack } : {}) });
}
