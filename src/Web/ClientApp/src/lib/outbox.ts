import type { Environment } from "./environment.js";
import type { HubLink } from "./hub-link.js";
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
  /** With `sent`. */
  readonly ack?: Ack;
  /** With `failed`: the server's final refusal. */
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

/** A store that has not answered after this many milliseconds is not waited for any longer. */
const STORE_LIMIT = 2_000;

interface Entry {
  message: StoredMessage;
  state: OutgoingMessage["state"];
  ack?: Ack;
  /** Whether it was sent by this client, and not found in the store. */
  readonly isOwn: boolean;
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
  readonly #isAwaited: (workflowId: string, sequence: number) => boolean;
  readonly #messages = new ObservableValue<readonly OutgoingMessage[]>([]);

  /** By clientMessageId, in the order of the store. */
  #entries = new Map<string, Entry>();

  #link: HubLink | undefined;

  /** The workflows that are being worked on, on this link. */
  #busy = new Set<string>();

  #reading: Promise<void> = Promise.resolve();

  /** What changed here while the store was being read, so that the answer may be outdated. */
  readonly #touched = new Set<string>();

  /** @param isAwaited whether the event with this sequence is still to be handed on */
  constructor(
    userId: string,
    store: OutboxStore,
    environment: Environment,
    isAwaited: (workflowId: string, sequence: number) => boolean,
  ) {
    this.#userId = userId;
    this.#store = store;
    this.#environment = environment;
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
    void this.load();
    this.#deliverAll();
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
    const stored = this.#stored(this.#store.add(message));
    const entry: Entry = { message, state: "queued", isOwn: true, storing: "pending", stored, isOrdered: false, settle };
    this.#entries.set(message.clientMessageId, entry);
    void stored.then((isStored) => {
      entry.storing = isStored ? "done" : "failed";
      if (this.#entries.has(message.clientMessageId)) {
        this.#show(entry);
      }
    });
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
    this.#update(entry);
    this.#show(entry);
    void this.#deliver(message.workflowId);
    return true;
  }

  /** Takes back a message that is failed or still queued. @returns false when there is none, or it may be with the server */
  discard(clientMessageId: string): boolean {
    const entry = this.#entries.get(clientMessageId);
    if (entry?.state !== "failed" && entry?.state !== "queued") {
      return false;
    }

    this.#remove(entry);
    entry.settle?.reject(new Discarded());
    return true;
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

  async #deliverOne(link: HubLink, entry: Entry): Promise<void> {
    const { clientMessageId, workflowId, content, replyTo } = entry.message;
    entry.state = "sending";
    this.#show(entry);
    try {
      const argument = { content, workflowId, clientMessageId, ...(replyTo === undefined ? {} : { replyTo }) };
      const ack = await link.attempt<Ack>("SendMessage", [argument]);
      this.#acknowledge(entry, ack);
    } catch (error) {
      if (error instanceof Refusal) {
        this.#fail(entry, error);
      } else {
        // The connection broke and nobody knows whether the message arrived. It waits for the next one.
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
    void this.#stored(this.#store.remove(this.#userId, message.clientMessageId));
  }

  #update({ message }: Entry): void {
    this.#touched.add(message.clientMessageId);
    void this.#stored(this.#store.update(message));
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
      const isRead = await this.#stored(this.#store.list(this.#userId).then((messages) => void (listed = messages)));
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

  /** @returns whether the store did it */
  #stored(operation: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#environment.after(STORE_LIMIT, () => resolve(false));
      operation
        .then(
          () => resolve(true),
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

function adopted(message: StoredMessage): Entry {
  return { message, state: message.failure ? "failed" : "queued", isOwn: false, storing: "done", stored: Promise.resolve(true), isOrdered: true };
}

function viewOf({ message, state, storing, ack }: Entry): OutgoingMessage {
  const { userId: _, ...shown } = message;
  return Object.freeze({ ...shown, state, isStored: storing === "done", ...(ack ? { ack } : {}) });
}
