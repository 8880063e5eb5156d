import type { Account } from "./person.ts";
import { accessToken, rest } from "./rest.ts";

export type Role = "owner" | "contributor" | "observer";

type Others = readonly (readonly [Account, Role])[];

/**
 * Makes a workflow over REST, where a test is not about how that is done in the app.
 * @param others those whom the owner adds, with their roles
 * @returns its id
 */
export async function makeWorkflow(url: string, owner: Account, title: string, others: Others = []): Promise<string> {
  const token = await accessToken(url, owner);
  const { id } = await rest<{ id: string }>(url, "POST", "/workflows", { title }, token);
  for (const [other, role] of others) {
    await rest(url, "POST", `/workflows/${id}/participants`, { email: other.email, role }, token);
  }

  return id;
}

/** The same. @returns its address in the app */
export async function openWorkflow(url: string, owner: Account, title: string, others: Others = []): Promise<string> {
  return `/w/${await makeWorkflow(url, owner, title, others)}`;
}
