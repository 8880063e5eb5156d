import type { Account } from "./person.ts";

/**
 * Calls the REST API as a program does.
 * @param path below `/api/v1`
 * @throws The server refused; the error says how.
 */
export async function rest<Answer = void>(url: string, method: string, path: string, body?: object, token?: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { "Content-Type": "application/json", ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }

  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** Signs in, apart from all browsers. */
export async function accessToken(url: string, { email, password }: Pick<Account, "email" | "password">): Promise<string> {
  return (await rest<{ accessToken: string }>(url, "POST", "/auth/login", { email, password })).accessToken;
}
