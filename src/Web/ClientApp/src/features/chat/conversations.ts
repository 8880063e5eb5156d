import type { ChatClient } from "../../lib/index";
import { ConversationStore, type LoadMessages } from "./conversation-store";

/** Conversations that nobody looks at stay open for so long, in milliseconds, and so many of them: coming back is instant. */
const KEPT_FOR = 5 * 60_000;
const KEPT = 4;

interface Entry {
  readonly store: ConversationStore;
  viewers: number;
  /** Ends the wait for a viewer. */
  timer?: ReturnType<typeof setTimeout>;
}

/** The conversations of one signed-in user that are open, or were a moment ago. */
export class Conversations {
  readonly #client: ChatClient;
  readonly #userId: string;
  readonly #loadMessages: LoadMessages;

  /** By workflow; the one looked at last is last. */
  readonly #entries = new Map<string, Entry>();

  constructor(client: ChatClient, userId: string, loadMessages: LoadMessages) {
    this.#client = client;
    this.#userId = userId;
    this.#loadMessages = loadMessages;
  }

  /** The workflow's store. It is opened by `view`. */
  get(workflowId: string): ConversationStore {
    return this.#entry(workflowId).store;
  }

  /** Opens the workflow for somebody who looks at it. @returns ends the look */
  view(workflowId: string): () => void {
    const entry = this.#entry(workflowId);
    entry.viewers++;
    clearTimeout(entry.timer);
    this.#entries.delete(workflowId);
    this.#entries.set(workflowId, entry);
    entry.store.open();
    return () => {
      entry.viewers--;
      if (entry.viewers === 0) {
        entry.store.setAttentive(false);
        entry.timer = setTimeout(() => this.#close(workflowId, entry), KEPT_FOR);
        this.#closeSurplus();
      }
    };
  }

  #entry(workflowId: string): Entry {
    let entry = this.#entries.get(workflowId);
    if (!entry) {
      entry = { store: new ConversationStore(this.#client, this.#userId, workflowId, this.#loadMessages), viewers: 0 };
      this.#entries.set(workflowId, entry);
    }

    return entry;
  }

  #closeSurplus(): void {
    const idle = [...this.#entries].filter(([, entry]) => entry.viewers === 0);
    idle.slice(0, -KEPT).forEach(([workflowId, entry]) => this.#close(workflowId, entry));
  }

  #close(workflowId: string, entry: Entry): void {
    clearTimeout(entry.timer);
    if (entry.store.isSaving) {
      // Its changes are not with the server yet; opened anew it would make them a second time.
      entry.timer = setTimeout(() => this.#close(workflowId, entry), KEPT_FOR);
      return;
    }

    entry.store.close();
    this.#entries.delete(workflowId);
  }
}
