/** A text that is being written. */
export interface Draft {
  readonly text: string;
  /** The message that it answers, or changes. */
  readonly messageId?: string;
}

/** A workflow has two drafts: of a new message and of a change. */
export type DraftKind = "new" | "edit";

const PREFIX = "bmadserver.draft";

/** @returns what the user was writing in this workflow, also before a reload; an empty draft otherwise */
export function loadDraft(userId: string, workflowId: string, kind: DraftKind): Draft {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(userId, workflowId, kind)) ?? "null");
    if (typeof kept === "object" && kept !== null && "text" in kept && typeof kept.text === "string") {
      return "messageId" in kept && typeof kept.messageId === "string" ? { text: kept.text, messageId: kept.messageId } : { text: kept.text };
    }
  } catch {
    // Not readable, or the browser keeps nothing: there is no draft.
  }

  return { text: "" };
}

export function saveDraft(userId: string, workflowId: string, kind: DraftKind, draft: Draft): void {
  try {
    if (draft.text === "" && draft.messageId === undefined) {
      localStorage.removeItem(keyOf(userId, workflowId, kind));
    } else {
      localStorage.setItem(keyOf(userId, workflowId, kind), JSON.stringify(draft));
    }
  } catch {
    // The store is full or forbidden. The draft lives as long as the page.
  }
}

function keyOf(userId: string, workflowId: string, kind: DraftKind): string {
  return `${PREFIX}.${kind}.${userId}.${workflowId}`;
}
