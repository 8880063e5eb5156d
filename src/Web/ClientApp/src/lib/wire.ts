/** What the hub and the REST API send, as far as a client uses it. `docs/hub.md` describes every field. */

export interface Actor {
  id: string;
  kind: "user" | "agent" | "system";
  /** The name at that time. */
  name: string;
}

export type ParticipantRole = "owner" | "contributor" | "observer";
export type WorkflowStatus = "active" | "paused" | "completed" | "cancelled";

interface EventBase {
  workflowId: string;
  /** 1, 2, 3 … without gaps, per workflow. */
  sequence: number;
  /** ISO 8601, UTC. */
  at: string;
  actor: Actor;
}

/** Kinds that are not listed here may come from a newer server; they count in the sequence and are otherwise ignored. */
export type WorkflowEvent = EventBase &
  (
    | { kind: "messagePosted"; messageId: string; content: string; replyTo?: string; clientMessageId?: string }
    | { kind: "messageEdited"; messageId: string; content: string }
    | { kind: "messageDeleted"; messageId: string }
    | { kind: "participantAdded"; userId: string; name: string; role: ParticipantRole }
    | { kind: "participantRemoved"; userId: string }
    | { kind: "workflowRenamed"; title: string }
    | { kind: "workflowStatusChanged"; status: WorkflowStatus }
  );

export interface EventPage {
  events: WorkflowEvent[];
  lastSequence: number;
  hasMore: boolean;
}

export interface Message {
  messageId: string;
  workflowId: string;
  /** Of the event that posted it. */
  sequence: number;
  author: Actor;
  /** With edits applied; empty when deleted. */
  content: string;
  replyTo?: string;
  clientMessageId?: string;
  postedAt: string;
  editedAt?: string;
  deletedAt?: string;
}

export interface Participant {
  userId: string;
  name: string;
  role: ParticipantRole;
  joinedAt: string;
}

export interface Workflow {
  id: string;
  title: string;
  status: WorkflowStatus;
  /** The caller's. */
  role: ParticipantRole;
  personal: boolean;
  lastSequence: number;
  /** The caller's. */
  lastReadSequence: number;
  createdAt: string;
  participants: Participant[];
}

export interface WorkflowSnapshot {
  workflow: Workflow;
  participants: Participant[];
  lastSequence: number;
  /** The newest 50, newest first. */
  messages: Message[];
  hasMoreMessages: boolean;
  /** Users who have the workflow open now. */
  online: string[];
}

/** Of `GET /api/v1/workflows/{id}/messages`: newest first. */
export interface MessagePage {
  messages: Message[];
  hasMore: boolean;
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

export interface SequenceAnnouncement {
  workflowId: string;
  lastSequence: number;
}

export interface TypingChanged {
  workflowId: string;
  userId: string;
  name: string;
  isTyping: boolean;
}

export interface PresenceChanged {
  workflowId: string;
  userId: string;
  name: string;
  online: boolean;
}

/** Why the server ends a session. */
export type SessionEndReason = "loggedOut" | "revoked" | "expired" | "replaced";
