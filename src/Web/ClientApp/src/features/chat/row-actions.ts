import type { ParticipantRole, WorkflowStatus } from "../../lib/index";
import type { Row } from "./timeline";

/** What the rows of the message list can ask of the page. Stays the same object, so that rows need not render anew. */
export interface RowActions {
  reply(messageId: string): void;
  startEdit(messageId: string): void;
  endEdit(messageId: string): void;
  saveEdit(messageId: string, content: string): void;
  askDelete(messageId: string): void;
  copy(text: string): void;
  jump(messageId: string): void;
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): void;
  retryChange(messageId: string): void;
  dropChange(messageId: string): void;
  openMenu(key: string, anchor: HTMLElement): void;
}

export type RowAction = "reply" | "copy" | "edit" | "delete" | "retry" | "discard";

/** What the user may do about a row, in the order of the menu. */
export function actionsFor(row: Row, role: ParticipantRole | undefined, status: WorkflowStatus | undefined): readonly RowAction[] {
  if (row.kind === "outgoing") {
    switch (row.outgoing.state) {
      case "failed":
        return ["retry", "discard", "copy"];
      default:
        return row.outgoing.canDiscard ? ["copy", "discard"] : ["copy"];
    }
  }

  if (row.message.deletedAt !== undefined) {
    return [];
  }

  if (!mayWrite(role, status)) {
    return ["copy"];
  }

  const changes: RowAction[] = row.isOwn ? ["edit", "delete"] : role === "owner" ? ["delete"] : [];
  return ["reply", "copy", ...changes];
}

const kept = new WeakMap<Row, { role: ParticipantRole | undefined; status: WorkflowStatus | undefined; allowed: readonly RowAction[] }>();

/** What {@link actionsFor} says: the same list until it changes, so that the row need not render anew. */
export function allowedFor(row: Row, role: ParticipantRole | undefined, status: WorkflowStatus | undefined): readonly RowAction[] {
  const known = kept.get(row);
  if (known && known.role === role && known.status === status) {
    return known.allowed;
  }

  const allowed = actionsFor(row, role, status);
  kept.set(row, { role, status, allowed });
  return allowed;
}

/** Observers read, and nobody writes to what is over. */
export function mayWrite(role: ParticipantRole | undefined, status: WorkflowStatus | undefined): boolean {
  return (role === "owner" || role === "contributor") && (status === "active" || status === "paused");
}

/** Does what the menu or a key says. */
export function perform(action: RowAction, row: Row, actions: RowActions): void {
  if (row.kind === "outgoing") {
    const { clientMessageId, content } = row.outgoing;
    if (action === "retry") {
      actions.retry(clientMessageId);
    } else if (action === "discard") {
      actions.discard(clientMessageId);
    } else if (action === "copy") {
      actions.copy(content);
    }

    return;
  }

  const { messageId, content } = row.message;
  switch (action) {
    case "reply":
      actions.reply(messageId);
      break;
    case "copy":
      actions.copy(content);
      break;
    case "edit":
      actions.startEdit(messageId);
      break;
    case "delete":
      actions.askDelete(messageId);
      break;
  }
}
