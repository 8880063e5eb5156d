import type { Message, PresenceChanged, WorkflowEvent, WorkflowObserver, WorkflowSnapshot } from "../lib/index";
import { Store } from "./store";

/** The newest message of a workflow. */
export interface LastLine {
  readonly messageId: string;
  readonly authorId: string;
  readonly authorName: string;
  /** Empty when it was deleted. */
  readonly content: string;
  readonly isDeleted: boolean;
  /** ISO 8601. */
  readonly at: string;
}

/** What the list shows of a workflow beside its name. */
export interface WorkflowActivity {
  readonly lastLine: LastLine | undefined;
  /** Messages of others above the read mark. */
  readonly unread: number;
  /** Whether there may be more unread ones than are counted. */
  readonly hasMoreUnread: boolean;
  /** Users who are there now, the user included. */
  readonly online: ReadonlySet<string>;
}

export interface ActivitySurroundings {
  readonly userId: string;
  /** Opens a workflow. */
  join(workflowId: string, observer: WorkflowObserver): { leave(): void };
  /** Calls once, soon: changes are shown together. */
  soon(call: () => void): void;
  /** Somebody else has written. */
  onMessage(workflowId: string, line: LastLine): void;
  /** Nothing of others is unread there, as far as it is known. */
  onAllRead(workflowId: string): void;
  /** Something that the list of workflows shows has changed: a name, a status, who is in. */
  onListChange(): void;
}

/** What is known of one workflow. */
interface Watched {
  stream: { leave(): void } | undefined;
  /** Whether its messages have been read: nothing is said of it before. */
  isKnown: boolean;
  lastLine: LastLine | undefined;
  /** Sequences of others' messages, by message. */
  readonly unread: Map<string, number>;
  hasMoreUnread: boolean;
  readSequence: number;
  readonly online: Set<string>;
}

/** Follows the workflows of the list while they are open on this session: the newest message, what is unread, who is there. */
export class ActivityWatch {
  readonly #surroundings: ActivitySurroundings;
  readonly #watched = new Map<string, Watched>();
  readonly #activities = new Store<ReadonlyMap<string, WorkflowActivity>>(new Map());

  /** Workflows whose activity has changed since it was last shown. */
  readonly #changed = new Set<string>();

  constructor(surroundings: ActivitySurroundings) {
    this.#surroundings = surroundings;
  }

  /** By workflow; those that are not followed are missing. */
  get activities(): Store<ReadonlyMap<string, WorkflowActivity>> {
    return this.#activities;
  }

  /** Follows these workflows, and no longer those that it followed before. */
  watch(workflowIds: readonly string[]): void {
    const wanted = new Set(workflowIds);
    for (const [workflowId, { stream }] of this.#watched) {
      if (!wanted.has(workflowId)) {
        this.#watched.delete(workflowId);
        stream?.leave();
        this.#publish(workflowId);
      }
    }

    for (const workflowId of wanted) {
      if (!this.#watched.has(workflowId)) {
        this.#watch(workflowId);
      }
    }
  }

  /** The user has read up to this sequence, here or on another device. */
  read(workflowId: string, sequence: number): void {
    const watched = this.#watched.get(workflowId);
    if (watched && sequence > watched.readSequence) {
      watched.readSequence = sequence;
      watched.hasMoreUnread = false;
      for (const [messageId, posted] of watched.unread) {
        if (posted <= sequence) {
          watched.unread.delete(messageId);
        }
      }

      this.#tellIfAllRead(workflowId, watched);
      this.#publish(workflowId);
    }
  }

  #watch(workflowId: string): void {
    const watched: Watched = {
      stream: undefined,
      isKnown: false,
      lastLine: undefined,
      unread: new Map(),
      hasMoreUnread: false,
      readSequence: 0,
      online: new Set(),
    };
    this.#watched.set(workflowId, watched);
    const whileWatched =
      <Args extends unknown[]>(call: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.#watched.get(workflowId) === watched) {
          call(...args);
          this.#publish(workflowId);
        }
      };
    watched.stream = this.#surroundings.join(workflowId, {
      onSnapshot: whileWatched((snapshot: WorkflowSnapshot) => this.#begin(workflowId, watched, snapshot)),
      onEvents: whileWatched((events: readonly WorkflowEvent[]) => events.forEach((event) => this.#apply(watched, event))),
      onPresence: whileWatched(({ userId, online }: PresenceChanged) => void (online ? watched.online.add(userId) : watched.online.delete(userId))),
      onPresenceReset: whileWatched((online: readonly string[]) => {
        watched.online.clear();
        online.forEach((userId) => watched.online.add(userId));
      }),
      onRefused: whileWatched(() => {
        this.#watched.delete(workflowId);
        this.#surroundings.onListChange();
      }),
    });
  }

  #begin(workflowId: string, watched: Watched, snapshot: WorkflowSnapshot): void {
    watched.isKnown = true;
    watched.readSequence = Math.max(watched.readSequence, snapshot.workflow.lastReadSequence);
    const others = snapshot.messages.filter((message) => !message.deletedAt && message.author.id !== this.#surroundings.userId);
    for (const message of others) {
      if (message.sequence > watched.readSequence) {
        watched.unread.set(message.messageId, message.sequence);
      }
    }

    const oldest = snapshot.messages.at(-1);
    watched.hasMoreUnread = snapshot.hasMoreMessages && oldest !== undefined && oldest.sequence > watched.readSequence + 1;
    watched.lastLine = snapshot.messages[0] && lineOf(snapshot.messages[0]);
    this.#tellIfAllRead(workflowId, watched);
  }

  #tellIfAllRead(workflowId: string, watched: Watched): void {
    if (watched.isKnown && watched.unread.size === 0 && !watched.hasMoreUnread) {
      this.#surroundings.onAllRead(workflowId);
    }
  }

  #apply(watched: Watched, event: WorkflowEvent): void {
    switch (event.kind) {
      case "messagePosted":
        watched.lastLine = lineOf({ ...event, author: event.actor, postedAt: event.at });
        if (event.actor.id !== this.#surroundings.userId && event.sequence > watched.readSequence) {
          watched.unread.set(event.messageId, event.sequence);
          this.#surroundings.onMessage(event.workflowId, watched.lastLine);
        }

        break;
      case "messageEdited":
        if (watched.lastLine?.messageId === event.messageId) {
          watched.lastLine = { ...watched.lastLine, content: event.content };
        }

        break;
      case "messageDeleted":
        if (watched.unread.delete(event.messageId)) {
          this.#tellIfAllRead(event.workflowId, watched);
        }

        if (watched.lastLine?.messageId === event.messageId) {
          watched.lastLine = { ...watched.lastLine, content: "", isDeleted: true };
        }

        break;
      case "participantAdded":
      case "participantRemoved":
      case "workflowRenamed":
      case "workflowStatusChanged":
        this.#surroundings.onListChange();
        break;
    }
  }

  #publish(workflowId: string): void {
    this.#changed.add(workflowId);
    if (this.#changed.size === 1) {
      this.#surroundings.soon(() => this.#show());
    }
  }

  /** What has not changed stays the same object, so that it is not drawn anew. */
  #show(): void {
    const activities = new Map(this.#activities.get());
    for (const workflowId of this.#changed) {
      const watched = this.#watched.get(workflowId);
      if (watched?.isKnown) {
        activities.set(workflowId, activityOf(watched));
      } else {
        activities.delete(workflowId);
      }
    }

    this.#changed.clear();
    this.#activities.set(activities);
  }
}

function activityOf({ lastLine, unread, hasMoreUnread, online }: Watched): WorkflowActivity {
  return { lastLine, unread: unread.size, hasMoreUnread, online: new Set(online) };
}

function lineOf(message: Pick<Message, "messageId" | "author" | "content" | "postedAt" | "deletedAt">): LastLine {
  return {
    messageId: message.messageId,
    authorId: message.author.id,
    authorName: message.author.name,
    content: message.content,
    isDeleted: message.deletedAt !== undefined && message.deletedAt !== null,
    at: message.postedAt,
  };
}
