import type { HubSocket, HubSocketFactory } from "../hub-socket.js";
import type { Ack, Session, SessionEndReason, WorkflowEvent } from "../wire.js";

interface SendArgument {
  content: string;
  workflowId: string;
  clientMessageId: string;
}

/** A workflow that a user is no participant of. */
export const FOREIGN = "foreign";

/** As much of the server as the client's rules depend on, without a network, and with faults on demand. */
export class FakeServer {
  /** Calls that come behind a session at once, before anybody can have been told of it. */
  sameFrame: Array<readonly [method: string, argument: unknown]> = [];
  /** Every call that arrived, in order. */
  readonly calls: { method: string; args: unknown[] }[] = [];
  readonly sockets: FakeSocket[] = [];

  /** The texts of all messages that were stored, by workflow. */
  readonly logs = new Map<string, WorkflowEvent[]>();

  /** Whether connections open. */
  isUp = true;

  /** Whether an open connection gets a session. */
  opensSessions = true;

  /** Whether events are pushed; they are committed in any case. */
  pushes = true;
  pageSize = 500;

  /** Breaks a connection on which a message with this text arrives. */
  poison: string | undefined;

  readonly #sessions = new Map<string, Set<string>>();
  readonly #acks = new Map<string, Ack>();
  readonly #refusals = new Map<string, string[]>();
  readonly #held = new Map<string, (() => void)[]>();

  readonly open: HubSocketFactory = (url, token) => {
    const socket = new FakeSocket(this, url, token);
    this.sockets.push(socket);
    return socket;
  };

  get latest(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  callsOf(method: string): unknown[][] {
    return this.calls.filter((call) => call.method === method).map((call) => call.args);
  }

  texts(workflowId: string): string[] {
    return (this.logs.get(workflowId) ?? []).flatMap((event) => (event.kind === "messagePosted" ? [event.content] : []));
  }

  /** The next calls of this method are refused with these texts. */
  refuse(method: string, ...texts: string[]): void {
    this.#refusals.set(method, texts);
  }

  /** From now on calls of this method are carried out and not answered, until the answers are released. */
  hold(method: string): void {
    this.#held.set(method, []);
  }

  release(method: string): void {
    const answers = this.#held.get(method) ?? [];
    this.#held.delete(method);
    answers.forEach((answer) => answer());
  }

  forgetSessions(): void {
    this.#sessions.clear();
  }

  /** Somebody posts. */
  post(workflowId: string, ...contents: string[]): void {
    for (const content of contents) {
      this.append(workflowId, { kind: "messagePosted", messageId: `m${this.logs.get(workflowId)?.length ?? 0}`, content });
    }
  }

  append(workflowId: string, change: object): WorkflowEvent {
    const log = this.logs.get(workflowId) ?? [];
    this.logs.set(workflowId, log);
    const sequence = log.length + 1;
    const at = `2026-03-02T09:30:00.${String(sequence).padStart(6, "0")}Z`;
    const event = { workflowId, sequence, at, actor: { id: "sarah", kind: "user", name: "Sarah" }, ...change } as WorkflowEvent;
    log.push(event);
    if (this.pushes) {
      this.#joined(workflowId).forEach((socket) => socket.call("ReceiveEvent", event));
    }

    return event;
  }

  /** Tells those who have the workflow open where its log ends. */
  announce(workflowId: string, lastSequence = this.logs.get(workflowId)?.length ?? 0): void {
    this.#joined(workflowId).forEach((socket) => socket.call("SequenceAnnounced", { workflowId, lastSequence }));
  }

  /** Every connection breaks. */
  drop(): void {
    this.sockets.forEach((socket) => socket.close());
  }

  end(reason: SessionEndReason): void {
    const socket = this.latest;
    this.#sessions.delete(socket.session!.id);
    socket.call("SessionEnded", reason);
    socket.close();
  }

  /** For {@link FakeSocket}. */
  openSession(socket: FakeSocket): void {
    const asked = /session=([^&]+)/.exec(socket.url)?.[1];
    const joined = asked === undefined ? undefined : this.#sessions.get(asked);
    const id = joined ? asked! : `session-${this.sockets.length}`;
    this.#sessions.set(id, joined ?? new Set());
    const session: Session = {
      id,
      joinedWorkflows: [...(joined ?? [])].map((workflowId) => ({ workflowId, lastSequence: this.logs.get(workflowId)?.length ?? 0 })),
      expiresAt: "2026-03-02T10:00:00.000000Z",
      ...(joined ? { recovery: "live" as const } : {}),
    };
    socket.session = session;
    socket.call(joined ? "SessionRestored" : "SessionStarted", session);
    this.sameFrame.forEach(([method, argument]) => socket.call(method, argument));
  }

  /** For {@link FakeSocket}. */
  answer(socket: FakeSocket, method: string, args: unknown[]): Promise<unknown> {
    this.calls.push({ method, args });
    if (method === "SendMessage" && (args[0] as SendArgument).content === this.poison) {
      queueMicrotask(() => socket.close());
      return new Promise(() => {});
    }

    const refusal = this.#refusals.get(method)?.shift();
    if (refusal !== undefined) {
      return Promise.reject(new Error(refusal));
    }

    const answer = this.#carryOut(socket, method, args);
    const held = this.#held.get(method);
    return held ? new Promise((resolve) => held.push(() => resolve(answer))) : Promise.resolve(answer);
  }

  #carryOut(socket: FakeSocket, method: string, args: unknown[]): unknown {
    const workflowId = args[0] as string;
    const joined = this.#sessions.get(socket.session!.id)!;
    const log = () => this.logs.get(workflowId) ?? [];
    if (workflowId === FOREIGN) {
      throw new Error("workflow.not_found: There is no such workflow.");
    }

    switch (method) {
      case "SendMessage":
        return this.#store(args[0] as SendArgument);
      case "JoinWorkflow":
        joined.add(workflowId);
        return { workflow: { id: workflowId }, participants: [], lastSequence: log().length, messages: [], hasMoreMessages: false, online: ["sarah"] };
      case "LeaveWorkflow":
        joined.delete(workflowId);
        return null;
      case "CatchUp": {
        const after = args[1] as number;
        const events = log().slice(after, after + this.pageSize);
        return { events, lastSequence: log().length, hasMore: after + events.length < log().length };
      }
      default:
        return null;
    }
  }

  #store({ content, workflowId, clientMessageId }: SendArgument): Ack {
    const first = this.#acks.get(clientMessageId);
    if (first) {
      return { ...first, duplicate: true };
    }

    const { sequence, at } = this.append(workflowId, { kind: "messagePosted", messageId: clientMessageId, content, clientMessageId });
    const ack = { workflowId, messageId: clientMessageId, sequence, clientMessageId, receivedAt: at, committedAt: at, duplicate: false };
    this.#acks.set(clientMessageId, ack);
    return ack;
  }

  #joined(workflowId: string): FakeSocket[] {
    return this.sockets.filter((socket) => socket.isOpen && this.#sessions.get(socket.session?.id ?? "")?.has(workflowId));
  }
}

export class FakeSocket implements HubSocket {
  session: Session | undefined;
  isOpen = false;
  readonly #handlers = new Map<string, (argument: never) => void>();
  readonly #server: FakeServer;
  #onClose = () => {};
  #isOver = false;
  readonly #unanswered = new Set<(error: Error) => void>();

  constructor(
    server: FakeServer,
    readonly url: string,
    readonly token: string,
  ) {
    this.#server = server;
  }

  on(method: string, handler: (argument: never) => void): void {
    this.#handlers.set(method, handler);
  }

  onClose(handler: () => void): void {
    this.#onClose = handler;
  }

  async start(): Promise<void> {
    if (!this.#server.isUp) {
      throw new Error("WebSocket failed to connect.");
    }

    this.isOpen = true;
    if (this.#server.opensSessions) {
      queueMicrotask(() => this.#server.openSession(this));
    }
  }

  invoke(method: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#unanswered.add(reject);
      new Promise((answered) => answered(this.#server.answer(this, method, args))).then(resolve, reject);
    });
  }

  async stop(): Promise<void> {
    this.close();
  }

  close(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.isOpen = false;
      this.#unanswered.forEach((reject) => reject(new Error("Invocation canceled due to the underlying connection being closed.")));
      this.#onClose();
    }
  }

  /** The server calls the client. */
  call(method: string, argument: unknown): void {
    this.#handlers.get(method)?.(argument as never);
  }
}
