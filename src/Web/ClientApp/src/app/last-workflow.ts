import { authStore } from "./auth-store";

/** The workflow that the user had open last, in this browser. */
export function lastWorkflow(): string | undefined {
  return read() ?? undefined;
}

export function rememberWorkflow(workflowId: string): void {
  write(workflowId);
}

/** For a workflow that is not there any more, or that the user has left. */
export function forgetWorkflow(workflowId: string): void {
  if (read() === workflowId) {
    write(null);
  }
}

function keyOf(): string {
  return `bmadserver.lastWorkflow.${authStore.get().user?.id ?? ""}`;
}

function read(): string | null {
  return localStorage.getItem(keyOf());
}

function write(workflowId: string | null): void {
  try {
    if (workflowId === null) {
      localStorage.removeItem(keyOf());
    } else {
      localStorage.setItem(keyOf(), workflowId);
    }
  } catch {
    // Full, or not allowed: the start page is shown instead.
  }
}
