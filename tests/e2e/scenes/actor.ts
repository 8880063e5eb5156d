import { HttpTransportType, HubConnectionBuilder, LogLevel, type HubConnection } from "@microsoft/signalr";

const laptop = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15";

/** What the hub answers to a send. */
export interface Ack {
  readonly messageId: string;
  readonly sequence: number;
}

/** Somebody with an account who acts by REST and hub, without a browser. */
export class Actor {
  #hub: HubConnection | undefined;

  private constructor(
    readonly url: string,
    readonly id: string,
    readonly name: string,
    readonly email: string,
    readonly password: string,
    readonly token: string,
  ) {}

  /** Makes the account and signs in. */
  static async create(url: string, name: string): Promise<Actor> {
    const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
    const password = "correct horse battery staple";
    await call(url, "POST", "/auth/register", { email, password, displayName: name });
    const { accessToken, user } = await call<{ accessToken: string; user: { id: string } }>(url, "POST", "/auth/login", { email, password });
    return new Actor(url, user.id, name, email, password, accessToken);
  }

  /** Calls the REST API. */
  rest<Answer = void>(method: string, path: string, body?: object): Promise<Answer> {
    return call<Answer>(this.url, method, path, body, this.token);
  }

  /** Calls the hub, over one connection that stays open. */
  async hub<Answer = void>(method: string, ...args: readonly unknown[]): Promise<Answer> {
    this.#hub ??= await this.connect(laptop);
    return this.#hub.invoke<Answer>(method, ...args);
  }

  /** Another connection, which is a session of its own. @param device the `User-Agent` that it comes with */
  async connect(device: string): Promise<HubConnection> {
    const connection = new HubConnectionBuilder()
      .withUrl(`${this.url}/hubs/chat`, {
        accessTokenFactory: () => this.token,
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
        headers: { "User-Agent": device },
      })
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    return connection;
  }

  say(workflowId: string, content: string, replyTo?: string): Promise<Ack> {
    return this.hub<Ack>("SendMessage", { workflowId, content, ...(replyTo === undefined ? {} : { replyTo }) });
  }

  async close(): Promise<void> {
    await this.#hub?.stop();
  }
}

async function call<Answer>(url: string, method: string, path: string, body?: object, token?: string): Promise<Answer> {
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
