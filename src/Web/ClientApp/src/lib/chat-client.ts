import { Connection, type ConnectionState, type ServerCall } from "./connection.js";
import { systemEnvironment, type Environment } from "./environment.js";
import { CallAbandoned, type HubLink } from "./hub-link.js";
import { signalRSocket, type HubSocketFactory } from "./hub-socket.js";
import type { Observable } from "./observable.js";
import { MemoryOutboxStore, type OutboxStore } from "./outbox-store.js";
import { Outbox, refusalOfLength, type OutgoingMessage, type Sending } from "./outbox.js";
import { Refusal } from "./refusal.js";
import type { TokenSource } from "./tokens.js";
import type { Ack, PresenceChanged, SequenceAnnouncement, TypingChanged, WorkflowEvent } from "./wire.js";
import { WorkflowStream, type WorkflowObserver } from "./workflow-stream.js";

export interface ChatClientOptions {
  /** The server's address, such as `https://chat.example.com`; empty for the one that the page came from. */
  readonly server: string;
  /** Whose client this is. It never sends under anybody else's sign-in. */
  readonly userId: string;
  readonly tokens: TokenSource;
  /** By default unsent messages last as long as the client. Browsers have {@link IndexedDbOutboxStore}. */
  readonly outboxStore?: OutboxStore;
  /** The longest message that the server takes, in UTF-16 code units. By default 16,000. */
  readonly maximumLength?: number;
  /** For tests. */
  readonly environment?: Environment;
  /** For tests. */
  readonly openSocket?: HubSocketFactory;
}

/** The client was stopped, or its session has ended, before a call was answered. */
export class Stopped extends Error {
  override readonly name = "Stopped";

  constructor() {
    super("The client has stopped.");
  }
}

/**
 * A client of the chat hub that loses nothing and shows nothing twice when its connection drops, its computer sleeps or
 * the server restarts. `docs/clients.md` lists the rules that it follows.
 */
export class ChatClient {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #environment: Environment;
  readonly #maximumLength: number;

  /** In the order of joining, so that joining them again leaves the same one active. */
  readonly #streams = new Set<WorkflowStream>();

  /** Workflows that were left without the server being told so far, each with a mark of the latest leaving. */
  readonly #left = new Map<string, symbol>();

  /** The highest sequence read, of workflows where the server has yet to be told. */
  readonly #reads = new Map<string, number>();

  /** By workflow: its last change of a message, which the next one waits for. */
  readonly #lanes = new Map<string, Promise<unknown>>();

  #waiting: { resolve(link: HubLink): void; reject(reason: Error): void }[] = [];

  constructor(options: ChatClientOptions) {
    this.#environment = options.environment ?? systemEnvironment;
    this.#maximumLength = options.maximumLength ?? 16_000;
    this.#outbox = new Outbox(
      options.userId,
      options.outboxStore ?? new MemoryOutboxStore(),
      this.#environment,
      this.#maximumLength,
      (workflowId, sequence) => this.#streamsOf(workflowId).some((stream) => stream.lastSequence < sequence),
    );
    this.#connection = new Connection(
      `${options.server}/hubs/chat`,
      options.userId,
      options.tokens,
      options.openSocket ?? signalRSocket,
      this.#environment,
      {
        onLink: (link) => this.#resume(link),
        onCall: (method, argument) => this.#called(method, argument),
      },
    );
    this.#connection.state.subscribe(() => {
      if (!this.#connection.isRunning) {
        this.#waiting.splice(0).forEach(({ reject }) => reject(new Stopped()));
      }
    });
  }

  /** How the connection stands. */
  get connection(): Observable<ConnectionState> {
    return this.#connection.state;
  }

  /** The user's messages that are not with everybody yet, in the order of sending; also those that an earlier page or another tab left. */
  get outbox(): Observable<readonly OutgoingMessage[]> {
    return this.#outbox.messages;
  }

  /**
   * Connects, and keeps connected until `stop` or the end of the session. Does nothing while it does so already.
   * @param sessionId a page that was loaded anew gives the one that it kept. Two tabs must not use the same one.
   */
  start(sessionId?: string): void {
    this.#connection.start(sessionId);
    void this.#outbox.load();
  }

  /** Disconnects. The session stays for a while and can be resumed; unsent messages stay queued. */
  stop(): Promise<void> {
    return this.#connection.stop();
  }

  /** Tries to connect now instead of when the next try is due. */
  tryNow(): void {
    this.#connection.tryNow();
  }

  /** Opens a workflow, at once or as soon as there is a connection. */
  join(workflowId: string, observer: WorkflowObserver): WorkflowStream {
    const stream = new WorkflowStream(
      workflowId,
      observer,
      this.#environment,
      () => this.#handedOn(workflowId),
      (ended) => this.#forget(ended),
    );
    this.#streams.add(stream);
    this.#left.delete(workflowId);
    if (this.#connection.link) {
      void stream.useLink(this.#connection.link, undefined);
    }

    return stream;
  }

  /**
   * Posts a message. It is sent as soon as those before it in its workflow have been, and again until the server
   * acknowledges or refuses it; the server stores it once.
   * @throws {Refusal} `validation.failed`: it is too long
   */
  send(workflowId: string, content: string, options: { replyTo?: string } = {}): Sending {
    this.#throwIfTooLong(content);
    return this.#outbox.send(workflowId, content, options.replyTo);
  }

  /** Sends a failed message once more. @returns false when there is none */
  retry(clientMessageId: string): boolean {
    return this.#outbox.retry(clientMessageId);
  }

  /**
   * Takes back a message that this client wrote and never tried to send, or clears away a failed one.
   * @returns true when it is certain that this client has not brought it to the server; false also for a failed one that
   * may have arrived, with the code `message.undelivered`
   */
  discard(clientMessageId: string): boolean {
    return this.#outbox.discard(clientMessageId);
  }

  /** Waits for a connection if need be. @throws {Refusal} @throws {Stopped} */
  async editMessage(workflowId: string, messageId: string, content: string): Promise<Ack> {
    this.#throwIfTooLong(content);
    return this.#inLane(workflowId, () => this.#call<Ack>("EditMessage", workflowId, messageId, content));
  }

  /** Waits for a connection if need be. @throws {Refusal} @throws {Stopped} */
  deleteMessage(workflowId: string, messageId: string): Promise<Ack> {
    return this.#inLane(workflowId, () => this.#call<Ack>("DeleteMessage", workflowId, messageId));
  }

  /** The user has read up to this sequence. Told to the server when it can be. */
  markRead(workflowId: string, sequence: number): void {
    const isUnderWay = this.#reads.has(workflowId);
    this.#reads.set(workflowId, Math.max(sequence, this.#reads.get(workflowId) ?? 0));
    if (!isUnderWay) {
      void this.#tellRead(workflowId);
    }
  }

  /** Shows the others that the user types. Nothing happens without a connection. Repeat it every few seconds while it is so. */
  setTyping(workflowId: string, isTyping: boolean): void {
    this.#connection.link?.invoke("SetTyping", workflowId, isTyping).catch(() => {});
  }

  /** First thing on every connection: everything that waited for it goes on. */
  #resume(link: HubLink): void {
    const joined = new Map(link.session.joinedWorkflows.map((workflow) => [workflow.workflowId, workflow.lastSequence]));
    for (const stream of this.#streams) {
      void stream.useLink(link, joined.get(stream.workflowId));
    }

    for (const workflowId of [...this.#left.keys()]) {
      if (joined.has(workflowId)) {
        void this.#leave(link, workflowId);
      } else {
        this.#left.delete(workflowId);
      }
    }

    this.#outbox.useLink(link);
    this.#waiting.splice(0).forEach(({ resolve }) => resolve(link));
  }

  #called(method: ServerCall, argument: unknown): void {
    const { workflowId } = argument as { workflowId: string };
    for (const stream of this.#streamsOf(workflowId)) {
      switch (method) {
        case "ReceiveEvent":
          stream.receive(argument as WorkflowEvent, this.#connection.link);
          break;
        case "SequenceAnnounced":
          stream.announce((argument as SequenceAnnouncement).lastSequence, this.#connection.link);
          break;
        case "TypingChanged":
          stream.typing(argument as TypingChanged);
          break;
        case "PresenceChanged":
          stream.presence(argument as PresenceChanged);
          break;
      }
    }
  }

  #streamsOf(workflowId: string): WorkflowStream[] {
    return [...this.#streams].filter((stream) => stream.workflowId === workflowId);
  }

  #handedOn(workflowId: string): void {
    this.#outbox.handedOn(workflowId, Math.min(...this.#streamsOf(workflowId).map((stream) => stream.lastSequence)));
  }

  #forget(stream: WorkflowStream): void {
    const { workflowId } = stream;
    this.#streams.delete(stream);
    this.#handedOn(workflowId);
    if (this.#streamsOf(workflowId).length === 0) {
      this.#left.set(workflowId, Symbol(workflowId));
      if (this.#connection.link) {
        void this.#leave(this.#connection.link, workflowId);
      }
    }
  }

  async #leave(link: HubLink, workflowId: string): Promise<void> {
    const leaving = this.#left.get(workflowId);
    const isWanted = () => this.#left.get(workflowId) === leaving;
    try {
      await link.attempt("LeaveWorkflow", [workflowId], isWanted);
    } catch (error) {
      if (!(error instanceof Refusal)) {
        return;
      }
    }

    if (isWanted()) {
      this.#left.delete(workflowId);
    }
  }

  async #tellRead(workflowId: string): Promise<void> {
    try {
      for (let told = 0; told < this.#reads.get(workflowId)!; ) {
        await this.#linked();
        told = this.#reads.get(workflowId)!;
        await this.#call("MarkRead", workflowId, told);
      }
    } catch {
      // Refused for good, or stopped: the next call starts anew.
    } finally {
      this.#reads.delete(workflowId);
    }
  }

  /** Makes a call that may be repeated, on this connection or a later one. */
  async #call<T = void>(method: string, ...args: unknown[]): Promise<T> {
    for (;;) {
      const link = await this.#linked();
      try {
        return await link.attempt<T>(method, args);
      } catch (error) {
        if (!(error instanceof CallAbandoned)) {
          throw error;
        }
      }
    }
  }

  #linked(): Promise<HubLink> {
    const { link, isRunning } = this.#connection;
    if (link) {
      return Promise.resolve(link);
    }

    return isRunning ? new Promise((resolve, reject) => this.#waiting.push({ resolve, reject })) : Promise.reject(new Stopped());
  }

  /** One change after the other, so that a repeat of an earlier one cannot undo a later one. */
  #inLane<T>(workflowId: string, change: () => Promise<T>): Promise<T> {
    const before = this.#lanes.get(workflowId) ?? Promise.resolve();
    const result = before.then(change, change);
    const lane = result.catch(() => {}).finally(() => {
      if (this.#lanes.get(workflowId) === lane) {
        this.#lanes.delete(workflowId);
      }
    });
    this.#lanes.set(workflowId, lane);
    return result;
  }

  #throwIfTooLong(content: string): void {
    const refusal = refusalOfLength(content, this.#maximumLength);
    if (refusal) {
      throw refusal;
    }
  }
}
