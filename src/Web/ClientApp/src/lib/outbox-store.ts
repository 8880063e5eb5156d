/** A message that waits to be sent, or that the server refused. */
export interface StoredMessage {
  readonly clientMessageId: string;
  /** Whose it is. It is never sent under another user's sign-in. */
  readonly userId: string;
  readonly workflowId: string;
  readonly content: string;
  readonly replyTo?: string;
  /** Milliseconds since 1970. */
  readonly queuedAt: number;
  /** The server's final refusal, or `message.undelivered`: three connections in a row broke with it. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/**
 * Where unsent messages survive a reload. Several clients, in several tabs, may share one. Calls take effect in the order
 * in which they are made. A store that fails costs the messages their survival, not their delivery.
 */
export interface OutboxStore {
  /** Puts a message behind all others. Durable when it resolves. */
  add(message: StoredMessage): Promise<void>;
  /** Replaces the message with this id, in its place. Does nothing when there is none. */
  update(message: StoredMessage): Promise<void>;
  remove(userId: string, clientMessageId: string): Promise<void>;
  /** The user's messages, in the order in which they were added. */
  list(userId: string): Promise<readonly StoredMessage[]>;
}

/** Lasts as long as the process. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #messages = new Map<string, StoredMessage>();

  async add(message: StoredMessage): Promise<void> {
    this.#messages.set(keyOf(message.userId, message.clientMessageId), message);
  }

  async update(message: StoredMessage): Promise<void> {
    const key = keyOf(message.userId, message.clientMessageId);
    if (this.#messages.has(key)) {
      this.#messages.set(key, message);
    }
  }

  async remove(userId: string, clientMessageId: string): Promise<void> {
    this.#messages.delete(keyOf(userId, clientMessageId));
  }

  async list(userId: string): Promise<readonly StoredMessage[]> {
    return [...this.#messages.values()].filter((message) => message.userId === userId);
  }
}

function keyOf(userId: string, clientMessageId: string): string {
  return `${userId} ${clientMessageId}`;
}
