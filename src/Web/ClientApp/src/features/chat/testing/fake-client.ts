import { ObservableValue } from "../../../lib/observable";
import type { Ack, Message, OutgoingMessage, WorkflowEvent, WorkflowSnapshot } from "../../../lib/index";
import type { WorkflowObserver } from "../../../lib/index";
import type { ConversationClient } from "../conversation-store";

export const me = { id: "sarah", kind: "user" as const, name: "Sarah" };
export const marco = { id: "marco", kind: "user" as const, name: "Marco" };

/** A minute after the other. */
export const at = (sequence: number) => new Date(Date.UTC(2026, 2, 2, 9, sequence)).toISOString();

export const message = (sequence: number, more: Partial<Message> = {}): Message => ({
  messageId: `m${sequence}`,
  workflowId: "w",
  sequence,
  author: marco,
  content: `text ${sequence}`,
  postedAt: at(sequence),
  ...more,
});

export const posted = (sequence: number, more: object = {}): WorkflowEvent =>
  ({ kind: "messagePosted", workflowId: "w", sequence, at: at(sequence), actor: marco, messageId: `m${sequence}`, content: `text ${sequence}`, ...more }) as WorkflowEvent;

export const changed = (sequence: number, change: object): WorkflowEvent =>
  ({ workflowId: "w", sequence, at: at(sequence), actor: marco, ...change }) as WorkflowEvent;

export const outgoing = (clientMessageId: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  clientMessageId,
  workflowId: "w",
  content: `out ${clientMessageId}`,
  queuedAt: Date.parse(at(59)),
  state: "queued",
  isStored: true,
  canDiscard: true,
  ...more,
});

export const snapshot = (messages: Message[], more: { lastSequence?: number; lastReadSequence?: number; hasMoreMessages?: boolean; online?: string[] } = {}): WorkflowSnapshot => {
  const lastSequence = more.lastSequence ?? messages.at(-1)?.sequence ?? 0;
  const participants = [
    { userId: me.id, name: me.name, role: "owner" as const, joinedAt: at(0) },
    { userId: marco.id, name: marco.name, role: "contributor" as const, joinedAt: at(0) },
  ];
  return {
    workflow: {
      id: "w",
      title: "Checkout",
      status: "active",
      role: "owner",
      personal: false,
      lastSequence,
      lastReadSequence: more.lastReadSequence ?? lastSequence,
      createdAt: at(0),
      participants,
    },
    participants,
    lastSequence,
    messages: messages.toReversed(),
    hasMoreMessages: more.hasMoreMessages ?? false,
    online: more.online ?? [],
  };
};

/** A client that does what the test says, and notes what it was asked for. */
export class FakeClient implements ConversationClient {
  readonly outbox = new ObservableValue<readonly OutgoingMessage[]>([]);
  readonly calls: unknown[][] = [];
  observer: WorkflowObserver | undefined;
  hasLeft = false;

  /** How the next changes of messages are answered. */
  answer: () => Promise<Ack> = () => new Promise(() => {});

  join: ConversationClient["join"] = (_, observer) => {
    this.observer = observer;
    this.hasLeft = false;
    return { leave: () => (this.hasLeft = true) } as unknown as ReturnType<ConversationClient["join"]>;
  };

  send: ConversationClient["send"] = (...args) => {
    this.calls.push(["send", ...args]);
    return undefined as unknown as ReturnType<ConversationClient["send"]>;
  };

  retry = (id: string) => this.#note("retry", id);

  discard = (id: string) => {
    this.outbox.set(this.outbox.get().filter((entry) => entry.clientMessageId !== id));
    return this.#note("discard", id);
  };

  markRead = (workflowId: string, sequence: number) => void this.#note("markRead", workflowId, sequence);
  setTyping = (workflowId: string, isTyping: boolean) => void this.#note("setTyping", workflowId, isTyping);

  editMessage: ConversationClient["editMessage"] = (...args) => {
    this.calls.push(["editMessage", ...args]);
    return this.answer();
  };

  deleteMessage: ConversationClient["deleteMessage"] = (...args) => {
    this.calls.push(["deleteMessage", ...args]);
    return this.answer();
  };

  of(method: string): unknown[][] {
    return this.calls.filter(([name]) => name === method).map(([, ...args]) => args);
  }

  #note(...call: unknown[]): boolean {
    this.calls.push(call);
    return true;
  }
}
