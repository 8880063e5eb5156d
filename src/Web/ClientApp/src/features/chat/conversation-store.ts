import {
  applyEvents,
  fromSnapshot,
  Refusal,
  withOlderMessages,
  type ChatClient,
  type Conversation,
  type Message,
  type MessagePage,
  type OutgoingMessage,
  type ParticipantRole,
  type PresenceChanged,
  type TypingChanged,
  type WorkflowEvent,
  type WorkflowSnapshot,
  type WorkflowStream,
} from "../../lib/index";
import { forgetChange, keepChange, loadChanges, type PendingChange, type PendingChanges } from "./pending-changes";
import { emptyTimeline, outgoingRows, updateTimeline, type MessageRow, type OutgoingRow, type Row, type Timeline } from "./timeline";

/** As much of the client as a conversation needs. */
export type ConversationClient = Pick<ChatClient, "join" | "send" | "retry" | "discard" | "editMessage" | "deleteMessage" | "markRead" | "setTyping" | "outbox">;

/** `GET /workflows/{id}/messages?before=`. */
export type LoadMessages = (workflowId: string, before: number) => Promise<MessagePage>;

export interface Typist {
  readonly userId: string;
  readonly name: string;
}

export interface ConversationState {
  readonly phase: "opening" | "open" | "refused";
  /** With `refused`: the server's code. */
  readonly refusal?: string;
  readonly conversation: Conversation | undefined;
  /** The user's own. */
  readonly role: ParticipantRole | undefined;
  /** Oldest first: the conversation's messages, then those on their way. */
  readonly rows: readonly Row[];
  readonly older: "idle" | "loading" | "failed";
  readonly typing: readonly Typist[];
  /** The ids of those who have the workflow open. */
  readonly online: ReadonlySet<string>;
  /** The key of the first row that was unread when the user came. */
  readonly dividerKey: string | undefined;
  /** Whether that row is further up than what is loaded. */
  readonly isUnreadAbove: boolean;
  /** Messages of others that the user has not seen. */
  readonly unread: number;
  readonly changes: PendingChanges;
}

/** Who types says so every few seconds; whoever has not for so long, in milliseconds, has stopped. */
const TYPING_LIFE = 6_000;

/** Why a change was not made when the client ended before it could be: no code of the server's. */
const STOPPED = "client.stopped";

/** Pages of older messages that a jump to a message reads at most. */
const MAXIMUM_PAGES = 50;

/**
 * One workflow's conversation as the page shows it: the log's messages and the user's own ones on their way, who types and
 * who is here, what has been read. It lives outside React, and what did not change keeps its identity, so that one event
 * renders one row.
 */
export class ConversationStore {
  readonly workflowId: string;
  readonly #client: ConversationClient;
  readonly #userId: string;
  readonly #loadMessages: LoadMessages;
  readonly #beforeFrame: (call: () => void) => void;
  readonly #listeners = new Set<() => void>();
  readonly #arrivalListeners = new Set<(messages: readonly Message[]) => void>();
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();

  #state: ConversationState = {
    phase: "opening",
    conversation: undefined,
    role: undefined,
    rows: [],
    older: "idle",
    typing: [],
    online: new Set(),
    dividerKey: undefined,
    isUnreadAbove: false,
    unread: 0,
    changes: new Map(),
  };

  #stream: WorkflowStream | undefined;
  #endOutbox = () => {};
  #timeline: Timeline = emptyTimeline;
  #outgoing: readonly OutgoingRow[] = [];

  /** The conversation's part of the rows that are shown. */
  #shown: readonly MessageRow[] = [];

  /** The clientMessageIds of the user's own messages in the conversation. */
  readonly #ownIds = new Set<string>();
  readonly #byId = new Map<string, MessageRow>();

  /** Read up to here, as far as the server has been told. */
  #readSequence = 0;

  /** The unread divider stands before the first message of others above this sequence; undefined for none. */
  #dividerAfter: number | undefined;

  /** Whether the user has seen everything since the divider was put there. */
  #isDividerSeen = false;

  /** Whether the newest message is on screen and the window has the focus. */
  #isAttentive = false;

  #olderPage: Promise<boolean> | undefined;

  /** Changes that were acknowledged look whether their event is here. */
  readonly #awaiting = new Set<() => void>();

  /** Whether the listeners are about to be told of a change. */
  #isTelling = false;

  /** @param beforeFrame calls once, before the next frame is drawn; not while the page is hidden */
  constructor(
    client: ConversationClient,
    userId: string,
    workflowId: string,
    loadMessages: LoadMessages,
    beforeFrame: (call: () => void) => void = (call) => void requestAnimationFrame(call),
  ) {
    this.#client = client;
    this.#userId = userId;
    this.workflowId = workflowId;
    this.#loadMessages = loadMessages;
    this.#beforeFrame = beforeFrame;
  }

  readonly get = (): ConversationState => this.#state;

  /** @param listener is told once of all that changes before a frame: more often than that nobody can see it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param listener is told of messages that others post from now on */
  readonly onArrival = (listener: (messages: readonly Message[]) => void): (() => void) => {
    this.#arrivalListeners.add(listener);
    return () => this.#arrivalListeners.delete(listener);
  };

  /** Joins the workflow, unless it has been joined already. After a refusal it asks again. */
  open(): void {
    if (this.#stream) {
      return;
    }

    this.#set({ phase: "opening" });
    this.#endOutbox = this.#client.outbox.subscribe(() => this.#showOutgoing());
    this.#stream = this.#client.join(this.workflowId, {
      onSnapshot: (snapshot) => this.#begin(snapshot),
      onEvents: (events) => this.#apply(events),
      onRefused: (refusal) => this.#refused(refusal.code),
      onTyping: (typing) => this.#typing(typing),
      onPresence: (presence) => this.#presence(presence),
      onPresenceReset: (online) => {
        // Whoever stopped typing meanwhile could not say so.
        this.#state.typing.forEach(({ userId }) => this.#stopTyping(userId));
        this.#set({ online: new Set([...online, this.#userId]) });
      },
    });
    this.#showOutgoing();
    this.#takeUpChanges();
  }

  /** Leaves the workflow. What has been loaded is forgotten: opening it again begins with a fresh snapshot. */
  close(): void {
    this.#stream?.leave();
    this.#end();
  }

  /** Whether the server has yet to confirm a change of a message. */
  get isSaving(): boolean {
    return [...this.#state.changes.values()].some(({ state }) => state === "saving");
  }

  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** @returns the message, if it is loaded */
  message(messageId: string): Message | undefined {
    return this.#byId.get(messageId)?.message;
  }

  /** Reads a page of older messages. @returns false when that failed */
  loadOlder(): Promise<boolean> {
    this.#olderPage ??= this.#readOlder().finally(() => (this.#olderPage = undefined));
    return this.#olderPage;
  }

  /** Reads older messages until this one is here. @returns its row's key; undefined when it is not to be found */
  find(messageId: string): Promise<string | undefined> {
    return this.#search(() => this.#byId.get(messageId)?.key);
  }

  /** Reads older messages until the first unread one is here. @returns its row's key; undefined when it is not to be found */
  findUnread(): Promise<string | undefined> {
    return this.#search(() => this.#state.dividerKey);
  }

  /** @param content neither empty nor too long */
  send(content: string, replyTo?: string): void {
    this.#dividerAfter = undefined;
    this.#client.send(this.workflowId, content, replyTo === undefined ? {} : { replyTo });
  }

  retry(clientMessageId: string): void {
    this.#client.retry(clientMessageId);
  }

  discard(clientMessageId: string): void {
    this.#client.discard(clientMessageId);
  }

  edit(messageId: string, content: string): void {
    void this.#change(messageId, { kind: "edit", content, state: "saving" }, () => this.#client.editMessage(this.workflowId, messageId, content));
  }

  delete(messageId: string): void {
    void this.#change(messageId, { kind: "delete", state: "saving" }, () => this.#client.deleteMessage(this.workflowId, messageId));
  }

  /** Tries a refused change once more. */
  retryChange(messageId: string): void {
    const change = this.#state.changes.get(messageId);
    if (change) {
      this.#repeat(messageId, change);
    }
  }

  /** Gives up a refused change. */
  dropChange(messageId: string): void {
    const changes = new Map(this.#state.changes);
    const change = changes.get(messageId);
    if (change) {
      forgetChange(this.#userId, this.workflowId, messageId, change);
      changes.delete(messageId);
      this.#set({ changes });
    }
  }

  setTyping(isTyping: boolean): void {
    this.#client.setTyping(this.workflowId, isTyping);
  }

  /** @param isAttentive whether the newest message is on screen in a window that has the focus */
  setAttentive(isAttentive: boolean): void {
    if (this.#isAttentive !== isAttentive) {
      this.#isAttentive = isAttentive;
      this.#read();
    }
  }

  #begin(snapshot: WorkflowSnapshot): void {
    const conversation = fromSnapshot(snapshot);
    this.#timeline = emptyTimeline;
    this.#byId.clear();
    this.#ownIds.clear();
    this.#readSequence = snapshot.workflow.lastReadSequence;
    this.#dividerAfter = this.#readSequence < conversation.lastSequence ? this.#readSequence : undefined;
    this.#isDividerSeen = false;
    this.#show(conversation, { phase: "open", online: new Set([...snapshot.online, this.#userId]) });
    this.#read();
  }

  #apply(events: readonly WorkflowEvent[]): void {
    const before = this.#state.conversation;
    if (!before) {
      return;
    }

    const conversation = applyEvents(before, events);
    const arrived = events.flatMap((event) => (event.kind === "messagePosted" ? [event] : []));
    const others = arrived.filter((event) => event.actor.id !== this.#userId);
    if (others.length < arrived.length && this.#isAttentive) {
      // The user answered, here or on another device: there is nothing unread any more.
      this.#dividerAfter = undefined;
    }

    if (others.length > 0 && !this.#isAttentive && (this.#dividerAfter === undefined || this.#isDividerSeen)) {
      this.#dividerAfter = others[0]!.sequence - 1;
      this.#isDividerSeen = false;
    }

    others.forEach((event) => this.#stopTyping(event.actor.id));
    this.#show(conversation);
    this.#read();
    if (events.some((event) => event.kind === "participantRemoved" && event.userId === this.#userId) && this.#state.role === undefined) {
      this.#stream?.leave();
      this.#refused("workflow.not_found");
    }

    if (others.length > 0) {
      const ids = new Set(others.map((event) => event.messageId));
      const messages = conversation.messages.slice(-arrived.length).filter((message) => ids.has(message.messageId));
      this.#arrivalListeners.forEach((listener) => listener(messages));
    }
  }

  #refused(code: string): void {
    this.#end();
    this.#set({ phase: "refused", refusal: code });
  }

  #end(): void {
    this.#stream = undefined;
    this.#endOutbox();
    this.#typingTimers.forEach(clearTimeout);
    this.#typingTimers.clear();
    this.#set({ typing: [], online: new Set() });
  }

  async #search(keyOf: () => string | undefined): Promise<string | undefined> {
    for (let page = 0; page <= MAXIMUM_PAGES; page++) {
      const key = keyOf();
      if (key !== undefined || !this.#state.conversation?.hasOlderMessages || !(await this.loadOlder())) {
        return key;
      }
    }

    return undefined;
  }

  async #readOlder(): Promise<boolean> {
    const { conversation } = this.#state;
    const before = conversation?.messages[0]?.sequence;
    if (!conversation?.hasOlderMessages || before === undefined) {
      return true;
    }

    this.#set({ older: "loading" });
    try {
      const page = await this.#loadMessages(this.workflowId, before);
      const now = this.#state.conversation;
      if (now?.messages[0]?.sequence === before) {
        this.#show(withOlderMessages(now, page), { older: "idle" });
      } else {
        this.#set({ older: "idle" });
      }

      return true;
    } catch {
      this.#set({ older: "failed" });
      return false;
    }
  }

  /** What a load of this page before could not bring to the server goes out now; what was refused is shown as it was. */
  #takeUpChanges(): void {
    const changes = loadChanges(this.#userId, this.workflowId);
    this.#set({ changes });
    for (const [messageId, change] of changes) {
      if (change.state === "saving" || change.code === STOPPED) {
        this.#repeat(messageId, change);
      }
    }
  }

  #repeat(messageId: string, { kind, content }: PendingChange): void {
    if (kind === "edit" && content !== undefined) {
      this.edit(messageId, content);
    } else {
      this.delete(messageId);
    }
  }

  #setChange(messageId: string, change: PendingChange): void {
    keepChange(this.#userId, this.workflowId, messageId, change);
    this.#set({ changes: new Map(this.#state.changes).set(messageId, change) });
  }

  async #change(messageId: string, change: PendingChange, call: () => Promise<{ sequence: number }>): Promise<void> {
    this.#setChange(messageId, change);
    const isLatest = () => this.#state.changes.get(messageId) === change;
    try {
      const { sequence } = await call();
      // At once: made again after a reload, it would undo what has been changed since.
      forgetChange(this.#userId, this.workflowId, messageId, change);
      await this.#hasEvent(sequence);
      if (isLatest()) {
        this.dropChange(messageId);
      }
    } catch (error) {
      if (isLatest()) {
        const code = error instanceof Refusal ? error.code : STOPPED;
        this.#setChange(messageId, { ...change, state: "failed", code });
      }
    }
  }

  /** The ack may come before the event: until then the change is shown as it was made. */
  #hasEvent(sequence: number): Promise<void> {
    const isHere = () => (this.#state.conversation?.lastSequence ?? Infinity) >= sequence || this.#stream === undefined;
    return new Promise((resolve) => {
      const check = () => {
        if (isHere()) {
          this.#awaiting.delete(check);
          resolve();
        }
      };
      this.#awaiting.add(check);
      check();
    });
  }

  #typing({ userId, name, isTyping }: TypingChanged): void {
    if (userId === this.#userId) {
      return;
    }

    if (!isTyping) {
      this.#stopTyping(userId);
      return;
    }

    clearTimeout(this.#typingTimers.get(userId));
    this.#typingTimers.set(userId, setTimeout(() => this.#stopTyping(userId), TYPING_LIFE));
    if (!this.#state.typing.some((typist) => typist.userId === userId)) {
      this.#set({ typing: [...this.#state.typing, { userId, name }] });
    }
  }

  #stopTyping(userId: string): void {
    clearTimeout(this.#typingTimers.get(userId));
    this.#typingTimers.delete(userId);
    if (this.#state.typing.some((typist) => typist.userId === userId)) {
      this.#set({ typing: this.#state.typing.filter((typist) => typist.userId !== userId) });
    }
  }

  #presence({ userId, online }: PresenceChanged): void {
    const next = new Set(this.#state.online);
    if (online) {
      next.add(userId);
    } else {
      next.delete(userId);
      this.#stopTyping(userId);
    }

    this.#set({ online: next });
  }

  /** Tells the server how far the user has read, while they look. */
  #read(): void {
    const { conversation } = this.#state;
    if (!this.#isAttentive || !conversation) {
      return;
    }

    this.#isDividerSeen = true;
    if (conversation.lastSequence > this.#readSequence) {
      this.#readSequence = conversation.lastSequence;
      this.#client.markRead(this.workflowId, this.#readSequence);
      this.#set({ unread: 0 });
    }
  }

  #show(conversation: Conversation, more: Partial<ConversationState> = {}): void {
    const { rows: before } = this.#timeline;
    this.#timeline = updateTimeline(this.#timeline, conversation.messages, this.#userId);
    this.#index(before);
    this.#set({
      ...more,
      conversation,
      role: conversation.participants.find((participant) => participant.userId === this.#userId)?.role,
      ...this.#rowState(conversation),
    });
  }

  #showOutgoing(): void {
    this.#set(this.#rowState(this.#state.conversation));
  }

  #rowState(conversation: Conversation | undefined): Pick<ConversationState, "rows" | "dividerKey" | "isUnreadAbove" | "unread"> {
    const waiting: OutgoingMessage[] = [];
    for (const message of this.#client.outbox.get()) {
      if (message.workflowId !== this.workflowId) {
        continue;
      }

      if (!this.#ownIds.has(message.clientMessageId)) {
        waiting.push(message);
      } else if (message.state === "failed") {
        // Given up as undelivered, but it had arrived: it is in the conversation, so there is nothing left to do about it.
        queueMicrotask(() => this.#client.discard(message.clientMessageId));
      }
    }

    const { rows: messages } = this.#timeline;
    const outgoing = outgoingRows(waiting, messages.at(-1), this.#outgoing);
    const isSame = outgoing === this.#outgoing && this.#state.rows.length === messages.length + outgoing.length && this.#shown === messages;
    this.#outgoing = outgoing;
    this.#shown = messages;
    const rows = isSame ? this.#state.rows : [...messages, ...outgoing];
    return { rows, ...this.#divider(conversation?.hasOlderMessages ?? false), unread: this.#unread() };
  }

  #divider(hasOlder: boolean): Pick<ConversationState, "dividerKey" | "isUnreadAbove"> {
    const after = this.#dividerAfter;
    if (after === undefined) {
      return { dividerKey: undefined, isUnreadAbove: false };
    }

    const { rows } = this.#timeline;
    let first = rows.length;
    while (first > 0 && rows[first - 1]!.message.sequence > after) {
      first--;
    }

    const isUnreadAbove = first === 0 && hasOlder;
    return { dividerKey: isUnreadAbove ? undefined : rows.slice(first).find((row) => !row.isOwn)?.key, isUnreadAbove };
  }

  #unread(): number {
    const { rows } = this.#timeline;
    let count = 0;
    for (let place = rows.length - 1; place >= 0 && rows[place]!.message.sequence > this.#readSequence; place--) {
      count += rows[place]!.isOwn || rows[place]!.message.deletedAt !== undefined ? 0 : 1;
    }

    return count;
  }

  #index(before: readonly MessageRow[]): void {
    this.#timeline.rows.forEach((row, place) => {
      if (row !== before[place]) {
        this.#byId.set(row.message.messageId, row);
        if (row.isOwn && row.message.clientMessageId !== undefined) {
          this.#ownIds.add(row.message.clientMessageId);
        }
      }
    });
  }

  #set(change: Partial<ConversationState>): void {
    const isSame = (Object.keys(change) as (keyof ConversationState)[]).every((key) => this.#state[key] === change[key]);
    if (!isSame) {
      this.#state = { ...this.#state, ...change };
      this.#tell();
    }

    this.#awaiting.forEach((check) => check());
  }

  #tell(): void {
    if (!this.#isTelling) {
      this.#isTelling = true;
      this.#beforeFrame(() => {
        this.#isTelling = false;
        this.#listeners.forEach((listener) => listener());
      });
    }
  }
}
