import type { Message, MessagePage, Participant, Workflow, WorkflowEvent, WorkflowSnapshot, WorkflowStatus } from "./wire.js";

/**
 * A workflow as its events have made it. Whoever loads it fresh, whoever applies the log from the first event, and whoever
 * was away and caught up hold equal conversations, as far back as their messages are loaded.
 */
export interface Conversation {
  readonly workflowId: string;
  readonly title: string;
  readonly status: WorkflowStatus;
  /** In the order of joining. */
  readonly participants: readonly Participant[];
  /** Of the newest event in here. */
  readonly lastSequence: number;
  /** Oldest first, with edits applied; deleted ones without text and with `deletedAt`. */
  readonly messages: readonly Message[];
  /** Whether there are messages before the first one here: see {@link withOlderMessages}. */
  readonly hasOlderMessages: boolean;
  /** Changes of messages that are not loaded, by messageId: a page of older messages may have been read before them. */
  readonly changesOfOlder: Readonly<Record<string, MessageChange>>;
}

export type MessageChange = Pick<Message, "content"> & Partial<Pick<Message, "editedAt" | "deletedAt">>;

/** The conversation that a snapshot shows. */
export function fromSnapshot(snapshot: WorkflowSnapshot): Conversation {
  return {
    workflowId: snapshot.workflow.id,
    title: snapshot.workflow.title,
    status: snapshot.workflow.status,
    participants: snapshot.participants,
    lastSequence: snapshot.lastSequence,
    messages: snapshot.messages.toReversed(),
    hasOlderMessages: snapshot.hasMoreMessages,
    changesOfOlder: {},
  };
}

/** The conversation before its first event, for applying the whole log. The title that it began with is in no event. */
export function beforeFirstEvent(workflow: Pick<Workflow, "id" | "title">): Conversation {
  return {
    workflowId: workflow.id,
    title: workflow.title,
    status: "active",
    participants: [],
    lastSequence: 0,
    messages: [],
    hasOlderMessages: false,
    changesOfOlder: {},
  };
}

export function applyEvent(conversation: Conversation, event: WorkflowEvent): Conversation {
  return applyEvents(conversation, [event]);
}

/**
 * @param events in sequence order, as a stream hands them on. Those that the conversation has are ignored
 * @throws {RangeError} one is missing
 */
export function applyEvents(conversation: Conversation, events: readonly WorkflowEvent[]): Conversation {
  const next = {
    ...conversation,
    participants: [...conversation.participants],
    messages: [...conversation.messages],
    changesOfOlder: { ...conversation.changesOfOlder },
  };
  let places: Map<string, number> | undefined;
  const change = (messageId: string, by: (message: MessageChange) => MessageChange) => {
    places ??= new Map(next.messages.map((message, place) => [message.messageId, place]));
    const place = places.get(messageId);
    if (place !== undefined) {
      next.messages[place] = { ...next.messages[place]!, ...by(next.messages[place]!) };
    } else if (next.hasOlderMessages) {
      next.changesOfOlder[messageId] = by(next.changesOfOlder[messageId] ?? { content: "" });
    }
  };

  for (const event of events) {
    if (event.sequence <= next.lastSequence) {
      continue;
    }

    if (event.sequence !== next.lastSequence + 1) {
      throw new RangeError(`Event ${next.lastSequence + 1} is missing before event ${event.sequence}.`);
    }

    next.lastSequence = event.sequence;
    switch (event.kind) {
      case "messagePosted":
        places?.set(event.messageId, next.messages.length);
        next.messages.push({
          messageId: event.messageId,
          workflowId: event.workflowId,
          sequence: event.sequence,
          author: event.actor,
          content: event.content,
          ...(event.replyTo === undefined ? {} : { replyTo: event.replyTo }),
          ...(event.clientMessageId === undefined ? {} : { clientMessageId: event.clientMessageId }),
          postedAt: event.at,
        });
        break;
      case "messageEdited":
        change(event.messageId, (message) => (message.deletedAt === undefined ? { content: event.content, editedAt: event.at } : message));
        break;
      case "messageDeleted":
        change(event.messageId, (message) => ({ ...editedOf(message), content: "", deletedAt: event.at }));
        break;
      case "participantAdded":
        next.participants = next.participants.filter((participant) => participant.userId !== event.userId);
        next.participants.push({ userId: event.userId, name: event.name, role: event.role, joinedAt: event.at });
        break;
      case "participantRemoved":
        next.participants = next.participants.filter((participant) => participant.userId !== event.userId);
        break;
      case "workflowRenamed":
        next.title = event.title;
        break;
      case "workflowStatusChanged":
        next.status = event.status;
        break;
    }
  }

  return next;
}

/** Puts a page of `GET /api/v1/workflows/{id}/messages?before=` before the messages that are here. */
export function withOlderMessages(conversation: Conversation, page: MessagePage): Conversation {
  const first = conversation.messages[0]?.sequence ?? Infinity;
  const changes = { ...conversation.changesOfOlder };
  const older = page.messages
    .filter((message) => message.sequence < first)
    .toReversed()
    .map((message) => {
      const change = changes[message.messageId];
      delete changes[message.messageId];
      return change && isNewer(change, message) ? { ...message, ...change } : message;
    });
  return {
    ...conversation,
    messages: [...older, ...conversation.messages],
    hasOlderMessages: page.hasMore,
    changesOfOlder: page.hasMore ? changes : {},
  };
}

function editedOf({ editedAt }: MessageChange): Pick<MessageChange, "editedAt"> {
  return editedAt === undefined ? {} : { editedAt };
}

/** Times in one format compare as text. */
function isNewer(change: MessageChange, message: Message): boolean {
  return (change.deletedAt ?? change.editedAt ?? "") > (message.deletedAt ?? message.editedAt ?? "");
}
