import type { Message, OutgoingMessage } from "../../lib/index";

interface RowBase {
  /** The same for an own message while it waits to be sent and when it is in the conversation: its row stays in place. */
  readonly key: string;
  readonly isOwn: boolean;
  /** Whether the row before is by somebody else, of another day or much older: the author's name and picture are shown. */
  readonly startsGroup: boolean;
  /** The calendar day, `2026-03-02` by this machine's time zone, on the first message of the day. */
  readonly day: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface MessageRow extends RowBase {
  readonly kind: "message";
  readonly message: Message;
}

export interface OutgoingRow extends RowBase {
  readonly kind: "outgoing";
  readonly outgoing: OutgoingMessage;
}

/** One line of the message list. */
export type Row = MessageRow | OutgoingRow;

/** The rows of a conversation's messages. Rows of messages that did not change stay the same objects. */
export interface Timeline {
  readonly messages: readonly Message[];
  readonly rows: readonly MessageRow[];
}

export const emptyTimeline: Timeline = { messages: [], rows: [] };

/** Messages of one author further apart than this, in milliseconds, are not shown as one group. */
const GROUP_GAP = 5 * 60_000;

/** The timeline of `messages`, made from an earlier one: only the rows between what is equal at both ends are made anew. */
export function updateTimeline(before: Timeline, messages: readonly Message[], userId: string): Timeline {
  const { messages: old } = before;
  if (old === messages) {
    return before;
  }

  const shorter = Math.min(old.length, messages.length);
  let head = 0;
  while (head < shorter && old[head] === messages[head]) {
    head++;
  }

  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === messages[messages.length - 1 - tail]) {
    tail++;
  }

  if (head === old.length && head === messages.length) {
    return { messages, rows: before.rows };
  }

  const rows = before.rows.slice(0, head);
  for (let place = head; place < messages.length - tail; place++) {
    rows.push(rowOf(messages[place]!, rows.at(-1), userId));
  }

  for (const row of before.rows.slice(old.length - tail)) {
    // Only the first one after the new rows can look different now.
    const next = rows.length === messages.length - tail ? rowOf(row.message, rows.at(-1), userId) : row;
    rows.push(next.startsGroup === row.startsGroup && next.day === row.day ? row : next);
  }

  return { messages, rows };
}

/** The rows of messages on their way, below the conversation's. */
export function outgoingRows(outgoing: readonly OutgoingMessage[], last: MessageRow | undefined, before: readonly OutgoingRow[]): readonly OutgoingRow[] {
  const rows: OutgoingRow[] = [];
  const known = new Map(before.map((row) => [row.outgoing, row]));
  for (const message of outgoing) {
    const above = rows.at(-1) ?? last;
    const day = dayOf(message.queuedAt);
    const isNewDay = !above || dayOf(above.at) !== day;
    const row: OutgoingRow = {
      kind: "outgoing",
      key: ownKey(message.clientMessageId),
      isOwn: true,
      startsGroup: isNewDay || !above.isOwn || message.queuedAt - above.at > GROUP_GAP,
      day: isNewDay ? day : undefined,
      at: message.queuedAt,
      outgoing: message,
    };
    const same = known.get(message);
    rows.push(same && same.startsGroup === row.startsGroup && same.day === row.day ? same : row);
  }

  return rows.length === before.length && rows.every((row, place) => row === before[place]) ? before : rows;
}

/** `2026-03-02`, by this machine's time zone. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function rowOf(message: Message, above: MessageRow | undefined, userId: string): MessageRow {
  const at = Date.parse(message.postedAt);
  const day = dayOf(at);
  const isNewDay = !above || dayOf(above.at) !== day;
  const isOwn = message.author.id === userId;
  return {
    kind: "message",
    key: isOwn && message.clientMessageId !== undefined ? ownKey(message.clientMessageId) : message.messageId,
    isOwn,
    startsGroup: isNewDay || above.message.author.id !== message.author.id || at - above.at > GROUP_GAP,
    day: isNewDay ? day : undefined,
    at,
    message,
  };
}

/** Others may use the same clientMessageId, so it is a key for own messages only. */
function ownKey(clientMessageId: string): string {
  return `own ${clientMessageId}`;
}
