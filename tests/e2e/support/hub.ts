import { HttpTransportType, HubConnectionBuilder, LogLevel, type HubConnection } from "@microsoft/signalr";
import type { Account } from "./person.ts";
import { accessToken, rest } from "./rest.ts";
import type { Role } from "./workflows.ts";

interface Message {
  readonly sequence: number;
  readonly content: string;
}

/** What the hub answers to a send. */
interface Ack {
  readonly messageId: string;
  readonly sequence: number;
}

/** What the program says that it is. */
const DEVICE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15";
const SENDS_AT_ONCE = 50;

/** Somebody's program: prepares what a test needs, and asks the server what it has, where the page is not what is tested. */
export class HubClient {
  readonly account: Account;
  readonly #url: string;
  readonly #token: string;
  #connection: Promise<HubConnection> | undefined;

  private constructor(url: string, account: Account, token: string) {
    this.account = account;
    this.#url = url;
    this.#token = token;
  }

  static async signIn(url: string, account: Account): Promise<HubClient> {
    return new HubClient(url, account, await accessToken(url, account));
  }

  /** Calls the REST API. */
  rest<Answer = void>(method: string, path: string, body?: object): Promise<Answer> {
    return rest<Answer>(this.#url, method, path, body, this.#token);
  }

  /** Calls the hub, over one connection that stays open. */
  async invoke<Answer = void>(method: string, ...args: readonly unknown[]): Promise<Answer> {
    const connection = await (this.#connection ??= this.connect());
    return connection.invoke<Answer>(method, ...args);
  }

  /** @returns its id */
  async createWorkflow(title: string): Promise<string> {
    return (await this.rest<{ id: string }>("POST", "/workflows", { title })).id;
  }

  async addParticipant(workflowId: string, { email }: Pick<Account, "email">, role: Role = "contributor"): Promise<void> {
    await this.rest("POST", `/workflows/${workflowId}/participants`, { email, role });
  }

  /** Takes somebody out and in again, which is how a role changes. */
  async changeRole(workflowId: string, account: Account, role: Role): Promise<void> {
    const { participants } = await this.rest<{ participants: Array<{ userId: string; name: string }> }>("GET", `/workflows/${workflowId}`);
    const { userId } = participants.find(({ name }) => name === account.name) ?? {};
    await this.rest("DELETE", `/workflows/${workflowId}/participants/${userId}`);
    await this.addParticipant(workflowId, account, role);
  }

  /** Messages that are sent without waiting keep their order. */
  send(workflowId: string, content: string, replyTo?: string): Promise<Ack> {
    return this.invoke<Ack>("SendMessage", { workflowId, content, ...(replyTo === undefined ? {} : { replyTo }) });
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
      const page = await this.rest<{ messages: Message[]; hasMore: boolean }>("GET", `/workflows/${workflowId}/messages?limit=100${before}`);
      all.unshift(...page.messages.toReversed());
      if (!page.hasMore) {
        return all;
      }
    }
  }

  /** Another connection, which is a session of its own. @param device the `User-Agent` that it comes with */
  async connect(device: string = DEVICE): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${this.#url}/hubs/chat`, {
        accessTokenFactory: () => this.#token,
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
        headers: { "User-Agent": device },
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

  async dispose(): Promise<void> {
    await (await this.#connection)?.stop();
  }
}
