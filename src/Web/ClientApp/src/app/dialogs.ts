import { Store } from "./store";

/** A dialog that any part of the app can open. */
export type OpenDialog =
  | { readonly kind: "createWorkflow" }
  | { readonly kind: "renameWorkflow" | "people"; readonly workflowId: string }
  | { readonly kind: "shortcuts" | "settings" | "changePassword" };

/** The one that is open; null for none. */
export const openedDialog = new Store<OpenDialog | null>(null);

export function openDialog(dialog: OpenDialog): void {
  openedDialog.set(dialog);
}

export function closeDialog(): void {
  openedDialog.set(null);
}
