import { HttpTransportType, HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { EventFeed } from "./event-feed.js";
import { ReconnectPolicy } from "./reconnect-policy.js";
import type { SignIn } from "./sign-in.js";
import { Refusal, type Ack, type EndReason, type EventPage, type Session, type WorkflowEvent, type WorkflowSnapshot } from "./wire.js";

/** What the client tells its user. */
export interface ChatHandlers {
  /** Every event of every workflow that was joined: in sequence order, each once, none left out. */
  onEvent(event: WorkflowEvent): void;

  /** The connection has its session; `session.recovery` says whether it is the old one. */
  onSession?(session: Session): void;

  /** The connection was lost. The client is already on its way back. */
  onDrop?(): void;

  /** The client has stopped for good: the server ended the session, or refuses the sign-in (`signedOut`). */
  onEnd?(reason: EndReason | "signedOut"): void;
}

interface Unacknowledged {
  message: { content: string; workflowId: string; clientMessageId: string; replyTo?: string };
  resolve(ack: Ack): void;
  reject(reason: Error): void;
}

/** The refusals of a token after which only signing in anew helps. Every other one is a reason to try again later. */
const SIGNED_OUT = new Set(["auth.refresh_invalid", "auth.refresh_reused", "auth.invalid_credentials", "auth.required"]);

/** The longest message that the server takes unless it is set up otherwise, in UTF-16 code units. */
const MAXIMUM_LENGTH = 16_000;

/**
 * A client of the chat hub that loses nothing and shows nothing twice when its connection drops, its computer sleeps or
 * the server restarts. It does so with four rules:
 *
 * 1. It comes back with `?session={id}`, so that the server knows the device again and joins its workflows anew.
 * 2. It remembers the last sequence of each workflow, and after coming back asks for what follows it.
 * 3. It ignores sequences that it has, and asks for those that it misses.
 * 4. It gives each message a key of its own and repeats the send until there is an ack; the server stores it once.
 */
export class ChatClient {
  readonly #connection: HubConnection;
  readonly #hubUrl: string;
  readonly #handlers: ChatHandlers;
  readonly #policy: ReconnectPolicy;

  /** In the order of joining, so that joining them again leaves the same one active. */
  readonly #feeds = new Map<string, EventFeed>();

  /** By clientMessageId, in the order of sending. */
  readonly #outbox = new Map<string, Unacknowledged>();

  readonly #catchingUp = new Set<EventFeed>();
  #sessionId: string | undefined;
  #running = false;

  /** From the session's arrival until the connection is lost. */
  #online = false;

  /** Each ends a pause early. */
  readonly #pauses = new Set<() => void>();

  constructor(server: string, signIn: SignIn, handlers: ChatHandlers, policy = new ReconnectPolicy()) {
    this.#hubUrl = `${server}/hubs/chat`;
    this.#handlers = handlers;
    this.#policy = policy;
    this.#connection = new HubConnectionBuilder()
      .withUrl(this.#hubUrl, {
        // Asked before every connect, so a client that comes back after hours comes with a token in date.
        accessTokenFactory: () => this.#accessToken(signIn),
        transport: HttpTransportType.WebSockets,
        skipNegotiation: true,
      })
      .withAutomaticReconnect(policy)
      .configureLogging(LogLevel.None)
      .build();

    this.#connection.on("SessionStarted", (session: Session) => this.#resume(session));
    this.#connection.on("SessionRestored", (session: Session) => this.#resume(session));
    this.#connection.on("ReceiveEvent", (event: WorkflowEvent) => this.#receive(event));
    this.#connection.on("SessionEnded", (reason: EndReason) => this.#end(reason));

    // The library comes back to the address that the connection was made with. The session's id became known later; an
    // address can be changed while the connection is reconnecting.
    this.#connection.onreconnecting(() => {
      this.#drop();
      this.#connection.baseUrl = this.#url();
    });

    // The library does not come back when the server closes the connection and does not say that it may, which happens when
    // it fails to open the session.
    this.#connection.onclose(() => {
      if (this.#running) {
        this.#drop();
        void this.#pause(this.#policy.nextRetryDelayInMilliseconds()).then(() => this.#connect());
      }
    });
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /**
   * Connects, and tries until it succeeds: the library's automatic reconnect is for connections that were open before.
   * A page that was loaded anew gives the session id that it kept.
   */
  async start(sessionId?: string): Promise<void> {
    this.#sessionId = sessionId;
    this.#running = true;
    await this.#connect();
  }

  /** Disconnects. The session stays and can be resumed; messages without an ack are given up. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#online = false;
    this.#pauses.forEach((wake) => wake());
    await this.#connection.stop();
    for (const { reject } of this.#outbox.values()) {
      reject(new Error("Stopped before the server acknowledged the message; it may or may not be stored."));
    }

    this.#outbox.clear();
  }

  /** Opens a workflow. Its events follow the snapshot, until `leave`, across any number of drops. */
  async join(workflowId: string): Promise<WorkflowSnapshot> {
    const feed = this.#feeds.get(workflowId) ?? new EventFeed((event) => this.#handlers.onEvent(event));
    this.#feeds.set(workflowId, feed);
    try {
      const snapshot = await this.#invoke<WorkflowSnapshot>("JoinWorkflow", workflowId);
      if (feed.hasBegun) {
        void this.#catchUp(workflowId, feed);
      } else {
        feed.begin(snapshot.lastSequence);
      }

      return snapshot;
    } catch (error) {
      if (!feed.hasBegun) {
        this.#feeds.delete(workflowId);
      }

      throw error;
    }
  }

  async leave(workflowId: string): Promise<void> {
    this.#feeds.delete(workflowId);
    await this.#invoke("LeaveWorkflow", workflowId);
  }

  /**
   * Posts a message. Resolves once it is durable, however many connections that takes.
   * @throws {Refusal} the server does not take it
   */
  send(workflowId: string, content: string, replyTo?: string): Promise<Ack> {
    if (content.length > MAXIMUM_LENGTH) {
      // Far beyond the limit the server closes the connection instead of refusing, and the repeat would close the next one.
      return Promise.reject(new Refusal("validation.failed", `A message has at most ${MAXIMUM_LENGTH} characters.`));
    }

    const clientMessageId = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const message = { content, workflowId, clientMessageId, ...(replyTo === undefined ? {} : { replyTo }) };
      const unacknowledged = { message, resolve, reject };
      this.#outbox.set(clientMessageId, unacknowledged);
      void this.#deliver(unacknowledged);
    });
  }

  async #connect(): Promise<void> {
    while (this.#running) {
      try {
        this.#connection.baseUrl = this.#url();
        await this.#connection.start();
        return;
      } catch {
        await this.#pause(this.#policy.nextRetryDelayInMilliseconds());
      }
    }
  }

  #url(): string {
    return this.#sessionId === undefined ? this.#hubUrl : `${this.#hubUrl}?session=${this.#sessionId}`;
  }

  async #accessToken(signIn: SignIn): Promise<string> {
    try {
      return await signIn.accessToken();
    } catch (error) {
      if (error instanceof Refusal && SIGNED_OUT.has(error.code)) {
        this.#end("signedOut");
      }

      throw error;
    }
  }

  /** First thing on every connection: the session is there, so everything that waited for it goes on. */
  #resume(session: Session): void {
    this.#policy.succeeded();
    this.#sessionId = session.id;
    this.#online = true;
    this.#handlers.onSession?.(session);

    const joined = new Set(session.joinedWorkflows.map((workflow) => workflow.workflowId));
    for (const [workflowId, feed] of this.#feeds) {
      if (feed.hasBegun) {
        void this.#reopen(workflowId, feed, joined.has(workflowId));
      }
    }

    for (const unacknowledged of this.#outbox.values()) {
      void this.#deliver(unacknowledged);
    }
  }

  async #reopen(workflowId: string, feed: EventFeed, isJoined: boolean): Promise<void> {
    // A fresh session has joined nothing. The snapshot is of no use here: the events since then say the same and more.
    if (isJoined || (await this.#attempt(workflowId, "JoinWorkflow", workflowId)) !== undefined) {
      await this.#catchUp(workflowId, feed);
    }
  }

  #receive(event: WorkflowEvent): void {
    const feed = this.#feeds.get(event.workflowId);
    if (feed?.take(event)) {
      void this.#catchUp(event.workflowId, feed);
    }
  }

  /** Page by page, everything after the last sequence that was handed on. What is pushed meanwhile fits itself in. */
  async #catchUp(workflowId: string, feed: EventFeed): Promise<void> {
    if (this.#catchingUp.has(feed)) {
      return;
    }

    this.#catchingUp.add(feed);
    try {
      let page: EventPage | undefined;
      do {
        page = await this.#attempt<EventPage>(workflowId, "CatchUp", workflowId, feed.have);
        page?.events.forEach((event) => feed.take(event));
      } while (page?.hasMore);
    } finally {
      this.#catchingUp.delete(feed);
    }
  }

  /** Makes a call that can be made again at will. Undefined when the connection is lost or the workflow is. */
  async #attempt<T>(workflowId: string, method: string, ...args: unknown[]): Promise<T | undefined> {
    const policy = new ReconnectPolicy();
    while (this.#online && this.#feeds.has(workflowId)) {
      try {
        return await this.#invoke<T>(method, ...args);
      } catch (error) {
        if (!(error instanceof Refusal)) {
          return undefined;
        }

        if (error.code === "workflow.not_found") {
          // Not a participant any more.
          this.#feeds.delete(workflowId);
          return undefined;
        }

        await this.#pause(policy.nextRetryDelayInMilliseconds());
      }
    }

    return undefined;
  }

  async #deliver({ message, resolve, reject }: Unacknowledged): Promise<void> {
    const policy = new ReconnectPolicy();
    while (this.#online && this.#outbox.has(message.clientMessageId)) {
      try {
        const ack = await this.#invoke<Ack>("SendMessage", message);
        this.#outbox.delete(message.clientMessageId);
        resolve(ack);
      } catch (error) {
        if (!(error instanceof Refusal)) {
          // The connection broke and nobody knows whether the message arrived. It stays in the outbox for the next one.
          return;
        }

        if (!error.isPassing) {
          this.#outbox.delete(message.clientMessageId);
          reject(error);
          return;
        }

        await this.#pause(policy.nextRetryDelayInMilliseconds());
      }
    }
  }

  async #invoke<T = void>(method: string, ...args: unknown[]): Promise<T> {
    try {
      return await this.#connection.invoke<T>(method, ...args);
    } catch (error) {
      throw Refusal.of(error) ?? error;
    }
  }

  #drop(): void {
    if (this.#online) {
      this.#online = false;
      this.#pauses.forEach((wake) => wake());
      this.#handlers.onDrop?.();
    }
  }

  /** Coming back would not help, or would take the session from the connection that replaced this one. */
  #end(reason: EndReason | "signedOut"): void {
    if (this.#running) {
      this.#sessionId = undefined;
      void this.stop().then(() => this.#handlers.onEnd?.(reason));
    }
  }

  /** Waits; `stop` cuts it short. */
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#pauses.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#pauses.add(wake);
    });
  }
}
