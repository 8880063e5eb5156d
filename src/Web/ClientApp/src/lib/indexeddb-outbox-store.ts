import type { OutboxStore, StoredMessage } from "./outbox-store.js";

const MESSAGES = "messages";
const BY_ID = "byId";
const BY_USER = "byUser";

/** Survives a reload and a crash of the tab. All tabs of the origin share it; the order is the same for all of them. */
export class IndexedDbOutboxStore implements OutboxStore {
  readonly #name: string;
  #database: Promise<IDBDatabase> | undefined;

  /** @param name of the database */
  constructor(name = "bmadserver-outbox") {
    this.#name = name;
  }

  add(message: StoredMessage): Promise<void> {
    return this.#write((messages) => {
      messages.add(message);
      // At once, and not when the page hears of it: by then it may be gone.
      messages.transaction.commit();
    });
  }

  update(message: StoredMessage): Promise<void> {
    return this.#write((messages) => {
      withKeyOf(messages, message, (key) => messages.put(message, key));
    });
  }

  remove(userId: string, clientMessageId: string): Promise<void> {
    return this.#write((messages) => {
      withKeyOf(messages, { userId, clientMessageId }, (key) => messages.delete(key));
    });
  }

  async list(userId: string): Promise<readonly StoredMessage[]> {
    const transaction = (await this.#opened()).transaction(MESSAGES, "readonly");
    // Entries of an index with the same key come in the order of the store's own keys.
    const request: IDBRequest<StoredMessage[]> = transaction.objectStore(MESSAGES).index(BY_USER).getAll(userId);
    await ended(transaction);
    return request.result;
  }

  async #write(change: (messages: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#opened()).transaction(MESSAGES, "readwrite", { durability: "strict" });
    change(transaction.objectStore(MESSAGES));
    await ended(transaction);
  }

  #opened(): Promise<IDBDatabase> {
    this.#database ??= this.#open();
    return this.#database;
  }

  #open(): Promise<IDBDatabase> {
    const forget = () => (this.#database = undefined);
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => {
        const messages = request.result.createObjectStore(MESSAGES, { autoIncrement: true });
        messages.createIndex(BY_ID, ["userId", "clientMessageId"], { unique: true });
        messages.createIndex(BY_USER, "userId");
      };
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = forget;
        database.onversionchange = () => {
          forget();
          database.close();
        };
        resolve(database);
      };
      request.onerror = () => {
        forget();
        reject(request.error ?? new Error("IndexedDB does not open."));
      };
    });
  }
}

function withKeyOf(
  messages: IDBObjectStore,
  { userId, clientMessageId }: Pick<StoredMessage, "userId" | "clientMessageId">,
  use: (key: IDBValidKey) => void,
): void {
  const request = messages.index(BY_ID).getKey([userId, clientMessageId]);
  request.onsuccess = () => {
    if (request.result !== undefined) {
      use(request.result);
    }
  };
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB gave up."));
  });
}
