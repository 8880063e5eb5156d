import type { Schema } from "../api/client";
import { dataOf } from "../api/problem";
import { api } from "./auth-store";
import { queryClient } from "./query-client";

/** Changes of workflows over REST. Each is refused with a {@link Problem}. */

export const WORKFLOWS_KEY = ["workflows"] as const;

export async function createWorkflow(title: string): Promise<Schema<"WorkflowView">> {
  return changed(dataOf(api.POST("/api/v1/workflows", { body: { title } })));
}

export async function renameWorkflow(workflowId: string, title: string): Promise<void> {
  await changed(dataOf(api.PATCH("/api/v1/workflows/{id}", at(workflowId, { title, status: null }))));
}

export async function setStatus(workflowId: string, status: Schema<"WorkflowStatus">): Promise<void> {
  await changed(dataOf(api.PATCH("/api/v1/workflows/{id}", at(workflowId, { title: null, status }))));
}

export async function addParticipant(workflowId: string, email: string, role: Schema<"ParticipantRole">): Promise<Schema<"ParticipantView">> {
  return changed(dataOf(api.POST("/api/v1/workflows/{id}/participants", at(workflowId, { email, role }))));
}

export async function removeParticipant(workflowId: string, userId: string): Promise<void> {
  const path = { id: workflowId, userId };
  await changed(dataOf(api.DELETE("/api/v1/workflows/{id}/participants/{userId}", { params: { path } })));
}

/** Takes oneself out of the workflow. @param userId one's own */
export function leave(workflowId: string, userId: string): Promise<void> {
  return removeParticipant(workflowId, userId);
}

function at<Body>(id: string, body: Body) {
  return { params: { path: { id } }, body };
}

async function changed<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } finally {
    // Also after a refusal: somebody else may have been quicker.
    void queryClient.invalidateQueries({ queryKey: WORKFLOWS_KEY });
  }
}
