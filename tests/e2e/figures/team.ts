import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { Account } from "../support/person.ts";

/** Sends under way at once, per connection. */
const WINDOW = 50;

/** A workflow of the owner's with these people in it. @returns its id */
export async function makeWorkflow(url: string, owner: Account, others: readonly Account[]): Promise<string> {
  const token = await accessToken(url, owner);
  const { id } = await post<{ id: string }>(url, "/api/v1/workflows", { title: "Measured" }, token);
  for (const { email } of others) {
    await post(url, `/api/v1/workflows/${id}/participants`, { email, role: "contributor" }, token);
  }

  return id;
}

/** Somebody who writes through the hub alone, as fast as the server takes it. */
export class Writer {
  private constructor(
    private readonly call: (content: string) => Promise<unknown>,
    readonly leave: () => Promise<void>,
  ) {}

  static async connect(url: string, account: Account, workflowId: string): Promise<Writer> {
    const token = await accessToken(url, account);
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/hubs/chat`, { accessTokenFactory: () => token, transport: HttpTransportType.WebSockets, skipNegotiation: true })
      .configureLogging(LogLevel.Error)
      .build();
    // The server calls it on every connection; without a handler a warning is written.
    connection.on("SessionStarted", () => {});
    await connection.start();
    return new Writer(
      (content) => connection.invoke("SendMessage", { workflowId, content }),
      () => connection.stop(),
    );
  }

  /** Returns when the message is durable. */
  async write(content: string): Promise<void> {
    await this.call(content);
  }

  /** Returns when all are durable. They keep their order only as far as sends under way side by side do. */
  async writeAll(contents: readonly string[]): Promise<void> {
    let next = 0;
    const one = async () => {
      while (next < contents.length) {
        await this.call(contents[next++]!);
      }
    };
    await Promise.all(Array.from({ length: WINDOW }, one));
  }
}

async function accessToken(url: string, { email, password }: Account): Promise<string> {
  return (await post<{ accessToken: string }>(url, "/api/v1/auth/login", { email, password })).accessToken;
}

async function post<T>(url: string, path: string, body: object, token?: string): Promise<T> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  return (await response.json()) as T;
}
