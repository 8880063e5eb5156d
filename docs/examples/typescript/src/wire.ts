/** What the hub and the REST API send, as far as this client uses it. `docs/hub.md` describes every field. */

export interface Actor {
  id: string;
  kind: "user" | "agent" | "system";
  /** The name at that time. */
  name: string;
}

interface EventBase {
  workflowId: string;
  /** 1, 2, 3 … without gaps, per workflow. */
  sequence: number;
  /** ISO 8601, UTC. */
  at: string;
  actor: Actor;
}

export type WorkflowEvent = EventBase &
  (
    | { kind: "messagePosted"; messageId: string; content: string; replyTo?: string; clientMessageId?: string }
    | { kind: "messageEdited"; messageId: string; content: string }
    | { kind: "messageDeleted"; messageId: string }
    | { kind: "participantAdded"; userId: string; name: string; role: "owner" | "contributor" | "observer" }
    | { kind: "participantRemoved"; userId: string }
    | { kind: "workflowRenamed"; title: string }
    | { kind: "workflowStatusChanged"; status: "active" | "paused" | "completed" | "cancelled" }
  );

export interface EventPage {
  events: WorkflowEvent[];
  lastSequence: number;
  hasMore: boolean;
}

export interface Message {
  messageId: string;
  workflowId: string;
  sequence: number;
  author: Actor;
  content: string;
  replyTo?: string;
  clientMessageId?: string;
  postedAt: string;
  editedAt?: string;
  deletedAt?: string;
}

export interface WorkflowSnapshot {
  workflow: { id: string; title: string; status: string; role: string };
  participants: { userId: string; name: string; role: string; joinedAt: string }[];
  lastSequence: number;
  /** The newest 50, newest first. */
  messages: Message[];
  hasMoreMessages: boolean;
  online: string[];
}

export interface Ack {
  workflowId: string;
  messageId: string;
  sequence: number;
  clientMessageId: string | null;
  receivedAt: string;
  committedAt: string;
  duplicate: boolean;
}

/** The argument of `SessionStarted` and `SessionRestored`; the optional fields come with the latter only. */
export interface Session {
  id: string;
  joinedWorkflows: { workflowId: string; lastSequence: number }[];
  expiresAt: string;
  recovery?: "live" | "checkpoint";
  recoveredFrom?: string;
  activeWorkflowId?: string | null;
  message?: string;
}

export type EndReason = "loggedOut" | "revoked" | "expired" | "replaced";

/** The server understood and said no. `code` is stable; the sentence is for people. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.name = "Refusal";
    this.code = code;
  }

  /** Whether it is about the server's state and not about the call: the same call may succeed later. */
  get isPassing(): boolean {
    return /^(service|server|session)\./.test(this.code);
  }

  /** A refused hub call fails with `code: sentence`. Every other failure means that the connection broke: undefined. */
  static of(error: unknown): Refusal | undefined {
    const [, code, sentence] = (error instanceof Error && /^([a-z_]+\.[a-z_]+): (.*)$/s.exec(error.message)) || [];
    return code !== undefined && sentence !== undefined ? new Refusal(code, sentence) : undefined;
  }
}
