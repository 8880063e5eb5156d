import type { Account } from "./person.ts";

export type Role = "owner" | "contributor" | "observer";

/**
 * Makes a workflow over REST, where a test is not about how that is done in the app.
 * @param others those whom the owner adds, with their roles
 * @returns its address in the app
 */
export async function openWorkflow(url: string, owner: Account, title: string, others: readonly (readonly [Account, Role])[] = []): Promise<string> {
  const { email, password } = owner;
  const { accessToken } = await post<{ accessToken: string }>(url, "/api/v1/auth/login", { email, password });
  const { id } = await post<{ id: string }>(url, "/api/v1/workflows", { title }, accessToken);
  for (const [other, role] of others) {
    await post(url, `/api/v1/workflows/${id}/participants`, { email: other.email, role }, accessToken);
  }

  return `/w/${id}`;
}

async function post<T>(url: string, path: string, body: object, accessToken?: string): Promise<T> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  return (await response.json()) as T;
}
