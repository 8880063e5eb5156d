/** An edit or deletion that the server has not confirmed yet, or has refused. */
export interface PendingChange {
  readonly kind: "edit" | "delete";
  /** With `edit`. */
  readonly content?: string;
  readonly state: "saving" | "failed";
  /** With `failed`: the server's code. */
  readonly code?: string;
}

/** By messageId. */
export type PendingChanges = ReadonlyMap<string, PendingChange>;

const PREFIX = "bmadserver.changes";

/**
 * What this tab had not brought to the server when the page was last there. It is kept by the tab alone: another one that
 * made the same change later could undo what the user has changed since.
 */
export function loadChanges(userId: string, workflowId: string): PendingChanges {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(userId, workflowId)) ?? "[]");
    return new Map(Array.isArray(kept) ? kept.filter(isEntry) : []);
  } catch {
    // Not readable, or the browser keeps nothing.
    return new Map();
  }
}

export function keepChange(userId: string, workflowId: string, messageId: string, change: PendingChange): void {
  save(userId, workflowId, new Map(loadChanges(userId, workflowId)).set(messageId, change));
}

/** It is done or given up. A later change of the same message stays. */
export function forgetChange(userId: string, workflowId: string, messageId: string, { kind, content }: PendingChange): void {
  const changes = new Map(loadChanges(userId, workflowId));
  const kept = changes.get(messageId);
  if (kept?.kind === kind && kept.content === content) {
    changes.delete(messageId);
    save(userId, workflowId, changes);
  }
}

function save(userId: string, workflowId: string, changes: PendingChanges): void {
  try {
    if (changes.size === 0) {
      sessionStorage.removeItem(keyOf(userId, workflowId));
    } else {
      sessionStorage.setItem(keyOf(userId, workflowId), JSON.stringify([...changes]));
    }
  } catch {
    // The store is full or forbidden. The changes live as long as the page.
  }
}

function isEntry(entry: unknown): entry is [string, PendingChange] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string" || typeof entry[1] !== "object" || entry[1] === null) {
    return false;
  }

  const { kind, content, state } = entry[1] as Partial<Record<keyof PendingChange, unknown>>;
  return (kind === "delete" || (kind === "edit" && typeof content === "string")) && (state === "saving" || state === "failed");
}

function keyOf(userId: string, workflowId: string): string {
  return `${PREFIX}.${userId}.${workflowId}`;
}
