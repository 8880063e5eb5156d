import { HttpTransportType, HubConnectionBuilder, LogLevel, type HubConnection } from "@microsoft/signalr";
import type { Account } from "./person.ts";
import { accessToken, rest } from "./rest.ts";
import type { Role } from "./workflows.ts";

interface Message {
  readonly sequence: number;
  readonly content: string;
}

const SENDS_AT_ONCE = 50;

/** Somebody's program: prepares what a test needs, and asks the server what it has, where the page is not what is tested. */
export class HubClient {
  readonly #url: string;
  readonly #token: string;
  #connection: Promise<HubConnection> | undefined;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async signIn(url: string, account: Account): Promise<HubClient> {
    return new HubClient(url, await accessToken(url, account));
  }

  /** @returns its id */
  async createWorkflow(title: string): Promise<string> {
    return (await this.#call<{ id: string }>("POST", "/workflows", { title })).id;
  }

  async addParticipant(workflowId: string, { email }: Account, role: Role = "contributor"): Promise<void> {
    await this.#call("POST", `/workflows/${workflowId}/participants`, { email, role });
  }

  /** Takes somebody out and in again, which is how a role changes. */
  async changeRole(workflowId: string, account: Account, role: Role): Promise<void> {
    const { participants } = await this.#call<{ participants: Array<{ userId: string; name: string }> }>("GET", `/workflows/${workflowId}`);
    const { userId } = participants.find(({ name }) => name === account.name) ?? {};
    await this.#call("DELETE", `/workflows/${workflowId}/participants/${userId}`);
    await this.addParticipant(workflowId, account, role);
  }

  /** Messages that are sent without waiting keep their order. @returns the sequence */
  async send(workflowId: string, content: string): Promise<number> {
    const connection = await (this.#connection ??= this.#connect());
    return (await connection.invoke<Message>("SendMessage", { workflowId, content })).sequence;
  }

  /** Returns when all are durable. They keep their order only as far as sends under way side by side do. */
  async sendAll(workflowId: string, contents: readonly string[]): Promise<void> {
    let next = 0;
    const sender = async () => {
      while (next < contents.length) {
        await this.send(workflowId, contents[next++]!);
      }
    };
    await Promise.all(Array.from({ length: SENDS_AT_ONCE }, sender));
  }

  /** All messages that the server has, the oldest first. */
  async messages(workflowId: string): Promise<readonly Message[]> {
    const all: Message[] = [];
    for (let before = ""; ; before = `&before=${all[0]?.sequence}`) {
      const page = await this.#call<{ messages: Message[]; hasMore: boolean }>("GET", `/workflows/${workflowId}/messages?limit=100${before}`);
      all.unshift(...page.messages.toReversed());
      if (!page.hasMore) {
        return all;
      }
    }
  }

  async dispose(): Promise<void> {
    await (await this.#connection)?.stop();
  }

  #call<T>(method: string, path: string, body?: object): Promise<T> {
    return rest<T>(this.#url, method, path, body, this.#token);
  }

  async #connect(): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${this.#url}/hubs/chat`, {
        accessTokenFactory: () => this.#token,
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
      })
      .configureLogging(LogLevel.None)
      .build();
    const started = new Promise<void>((resolve) => connection.on("SessionStarted", () => resolve()));
    for (const push of ["ReceiveEvent", "SequenceAnnounced", "TypingChanged", "PresenceChanged"]) {
      connection.on(push, () => {});
    }

    await connection.start();
    await started;
    return connection;
  }
}
