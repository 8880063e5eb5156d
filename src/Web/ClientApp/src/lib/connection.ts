import { Backoff } from "./backoff.js";
import type { Environment } from "./environment.js";
import { HubLink } from "./hub-link.js";
import type { HubSocket, HubSocketFactory } from "./hub-socket.js";
import { ObservableValue, type Observable } from "./observable.js";
import { Refusal } from "./refusal.js";
import { renewalOf, type AccessToken, type TokenSource } from "./tokens.js";
import type { Session, SessionEndReason } from "./wire.js";

/**
 * Why a client has stopped for good. Beside the server's reasons: `signedOut`, the sign-in is over, and `userChanged`, the
 * token source has signed in as somebody else.
 */
export type EndReason = SessionEndReason | "signedOut" | "userChanged";

/** What a client shows of its connection. */
export type ConnectionState =
  /** Not started, or stopped by the application. */
  | { readonly status: "idle" }
  /**
   * No connection. `connecting` until the first session, `reconnecting` after one; `offline` is either, while the browser
   * knows of no network.
   */
  | {
      readonly status: "connecting" | "reconnecting" | "offline";
      /** Of the try that is under way or comes next: 1, 2, 3 … since the connection was lost. */
      readonly attempt: number;
      /** Milliseconds since 1970; null while a try is under way. */
      readonly nextTryAt: number | null;
    }
  | {
      readonly status: "connected";
      /** To come back with after a reload of the page: {@link ChatClient.start}. */
      readonly sessionId: string;
      /** `live`: the same session, `checkpoint`: a new one with the old one's workflows, `started`: a fresh one. */
      readonly recovery: "started" | "live" | "checkpoint";
      /** ISO 8601, as it was when the connection began: when the session ends unless the user does something. */
      readonly expiresAt: string;
    }
  /** The client does not come back by itself; `start` begins anew. */
  | { readonly status: "ended"; readonly reason: EndReason };

/** What the connection hands on. */
export interface ConnectionHandlers {
  /** A new connection has its session. */
  onLink(link: HubLink): void;
  /** The server calls. */
  onCall(method: ServerCall, argument: never): void;
}

const SERVER_CALLS = ["ReceiveEvent", "SequenceAnnounced", "TypingChanged", "PresenceChanged"] as const;
export type ServerCall = (typeof SERVER_CALLS)[number];

/** A try that has no session after this many milliseconds has failed. */
const TRY_LIMIT = 20_000;

/** A session that lasts this many milliseconds shows that the server is well: the next drop is the first of a new count. */
const SETTLED = 5_000;

/** A browser does not say why a WebSocket did not open. After this many failures in a row it may be the token. */
const SUSPICIOUS_FAILURES = 3;

/** For so many milliseconds a try that ended without a session may still reach the server, and take the session from its successor. */
const STRAY_LIMIT = 60_000;

/** How long `stop` waits for a connection that does not close, in milliseconds. */
const STOP_LIMIT = 1_000;

type Outcome = "lost" | EndReason;

/** The token that an open connection lives on. */
interface Held {
  token: AccessToken;
  /** Milliseconds since 1970. */
  renewAt: number;
  /** The same moment by `elapsed`. Either clock may be behind: one was set back, or one stood still in the machine's sleep. */
  renewAtElapsed: number;
}

/** From `start` to `stop`, or to the end. */
interface Run {
  isStopped: boolean;
  hadSession: boolean;
  attempt: number;
  nextTryAt: number | null;
  /** Ends the wait for the next try. */
  wake: () => void;
  /** Ends the connection, or the try to open one. */
  abandon: (outcome: Outcome) => void;
  socket?: HubSocket;
  unsubscribe: () => void;
}

/** Keeps one connection to the hub: opens it, comes back with the session, renews its token, and says how it stands. */
export class Connection {
  readonly #hubUrl: string;
  readonly #userId: string;
  readonly #tokens: TokenSource;
  readonly #open: HubSocketFactory;
  readonly #environment: Environment;
  readonly #handlers: ConnectionHandlers;
  readonly #state = new ObservableValue<ConnectionState>({ status: "idle" });
  readonly #backoff: Backoff;

  #sessionId: string | undefined;
  #link: HubLink | undefined;
  #run: Run | undefined;

  /** One that the server may have refused. */
  #staleToken: string | undefined;
  #failuresToOpen = 0;
  #shortLives = 0;

  /** By `elapsed`. */
  #strayUntil = 0;

  /** The newest token that was used. */
  #held: Held | undefined;

  constructor(
    hubUrl: string,
    userId: string,
    tokens: TokenSource,
    open: HubSocketFactory,
    environment: Environment,
    handlers: ConnectionHandlers,
  ) {
    this.#hubUrl = hubUrl;
    this.#userId = userId;
    this.#tokens = tokens;
    this.#open = open;
    this.#environment = environment;
    this.#handlers = handlers;
    this.#backoff = Backoff.forConnecting(environment.random);
  }

  get state(): Observable<ConnectionState> {
    return this.#state;
  }

  get link(): HubLink | undefined {
    return this.#link;
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** Does nothing while it runs. */
  start(sessionId?: string): void {
    if (this.#run) {
      return;
    }

    this.#sessionId = sessionId ?? this.#sessionId;
    this.#backoff.reset();
    const unsubscribes = [
      this.#environment.onNetworkChange((online) => this.#networkChanged(run, online)),
      this.#environment.onShown(() => run.wake()),
    ];
    const run: Run = {
      isStopped: false,
      hadSession: false,
      attempt: 1,
      nextTryAt: null,
      wake: () => {},
      abandon: () => {},
      unsubscribe: () => unsubscribes.forEach((unsubscribe) => unsubscribe()),
    };
    this.#run = run;
    void this.#keepConnected(run);
  }

  /** The session stays with the server for a while and can be resumed. */
  async stop(): Promise<void> {
    const socket = this.#run?.socket;
    this.#finish({ status: "idle" });
    if (socket) {
      let cancel = () => {};
      const limit = new Promise<void>((resolve) => (cancel = this.#environment.after(STOP_LIMIT, resolve)));
      await Promise.race([socket.stop().catch(() => {}), limit]).finally(cancel);
    }
  }

  /** Ends the wait for the next try. */
  tryNow(): void {
    this.#run?.wake();
  }

  async #keepConnected(run: Run): Promise<void> {
    while (!run.isStopped) {
      await this.#untilNextTry(run);
      if (run.isStopped) {
        return;
      }

      const outcome = await this.#useOneConnection(run);
      if (!run.isStopped && outcome !== "lost") {
        // Coming back would not help, or would take the session from the connection that replaced this one.
        this.#sessionId = undefined;
        this.#finish({ status: "ended", reason: outcome });
      }
    }
  }

  async #untilNextTry(run: Run): Promise<void> {
    const delay = this.#backoff.next();
    if (delay > 0) {
      run.nextTryAt = this.#environment.now() + delay;
      this.#show(run);
      await new Promise<void>((resolve) => {
        const cancel = this.#environment.after(delay, resolve);
        run.wake = () => {
          cancel();
          resolve();
        };
      });
      run.wake = () => {};
    }

    if (!run.isStopped) {
      run.nextTryAt = null;
      this.#show(run);
    }
  }

  async #useOneConnection(run: Run): Promise<Outcome> {
    let isOver = false;
    let isBroken = false;
    const attempt = { mayHaveArrived: false };
    const over = new Promise<Outcome>((resolve) => {
      run.abandon = (outcome) => {
        isOver = true;
        resolve(outcome);
      };
    });
    const abandon = run.abandon;
    const cancelLimit = this.#environment.after(TRY_LIMIT, () => abandon("lost"));
    const closed = () => {
      isBroken ||= !isOver;
      abandon("lost");
    };

    const arrived = this.#openSession(run, attempt, abandon, closed, () => isOver);
    const opened = await Promise.race([arrived, over]).catch((error: unknown) => endOf(error) ?? "lost");
    cancelLimit();
    if (typeof opened === "string") {
      isOver = true;
      close(run.socket);
      if (attempt.mayHaveArrived) {
        this.#strayUntil = this.#environment.elapsed() + STRAY_LIMIT;
      }

      run.attempt++;
      return opened;
    }

    const { socket, session, held, handOn } = opened;
    const link = new HubLink(socket, session, this.#environment, () => abandon("lost"));
    const linkedAt = this.#environment.elapsed();
    this.#failuresToOpen = 0;
    this.#sessionId = session.id;
    this.#link = link;
    run.hadSession = true;
    run.attempt = 1;
    void this.#renewTokens(link, held, abandon);
    this.#handlers.onLink(link);
    handOn();
    if (!link.isLost) {
      // The application may stop the client in what it was just told.
      const { id: sessionId, recovery = "started", expiresAt } = session;
      this.#state.set({ status: "connected", sessionId, recovery, expiresAt });
    }

    const outcome = await over;
    this.#unlink(link, isBroken);
    close(socket);
    this.#shortLives = this.#environment.elapsed() - linkedAt < SETTLED ? this.#shortLives + 1 : 0;
    if (this.#shortLives <= 1) {
      this.#backoff.reset();
    }

    return outcome;
  }

  /** @returns once the server has said which session this is, or why there is none */
  async #openSession(
    run: Run,
    attempt: { mayHaveArrived: boolean },
    abandon: (outcome: Outcome) => void,
    closed: () => void,
    isOver: () => boolean,
  ) {
    const token = await this.#tokens.get(this.#staleToken);
    if (token.userId !== this.#userId) {
      return "userChanged";
    }

    if (isOver()) {
      return "lost";
    }

    const held = this.#hold(token);
    const address = this.#sessionId === undefined ? this.#hubUrl : `${this.#hubUrl}?session=${encodeURIComponent(this.#sessionId)}`;
    const socket = this.#open(address, token.token);
    run.socket = socket;
    const session = new Promise<Session>((resolve) => {
      socket.on("SessionStarted", resolve);
      socket.on("SessionRestored", resolve);
    });
    socket.on("SessionEnded", (reason: SessionEndReason) => abandon(this.#outcomeOf(reason, held)));
    socket.onClose(closed);
    // What comes at once behind the session, in the same frame, is about a connection that nobody has been told of yet.
    let early: Array<() => void> | undefined = [];
    for (const method of SERVER_CALLS) {
      socket.on(method, (argument: never) => {
        const call = () => void (isOver() || this.#handlers.onCall(method, argument));
        if (early) {
          early.push(call);
        } else {
          call();
        }
      });
    }
    const handOn = () => {
      const calls = early ?? [];
      early = undefined;
      calls.forEach((call) => call());
    };

    attempt.mayHaveArrived = true;
    try {
      await socket.start();
    } catch {
      attempt.mayHaveArrived = false;
      if (++this.#failuresToOpen >= SUSPICIOUS_FAILURES) {
        this.#failuresToOpen = 0;
        this.#staleToken = token.token;
      }

      return "lost";
    }

    return { socket, session: await session, held, handOn };
  }

  #outcomeOf(reason: SessionEndReason, held: Held): Outcome {
    if (reason === "expired" && this.#untilRenewal(held) <= 0) {
      // The token ran out, not the session.
      this.#staleToken = held.token.token;
      return "lost";
    }

    if (reason === "replaced" && this.#environment.elapsed() < this.#strayUntil) {
      // By a try of this very client that had ended here without a session.
      this.#strayUntil = 0;
      return "lost";
    }

    return reason;
  }

  /** Gives the open connection a new token before the one that it has runs out. */
  async #renewTokens(link: HubLink, held: Held, abandon: (outcome: Outcome) => void): Promise<void> {
    const backoff = Backoff.forCalls(this.#environment.random);
    let stale = held.token.token;
    try {
      for (;;) {
        await link.pause(this.#untilRenewal(held));
        let token: AccessToken | undefined;
        try {
          token = await this.#tokens.get(stale);
          if (token.userId !== this.#userId) {
            abandon("userChanged");
            return;
          }

          await link.invoke("RefreshToken", token.token);
          Object.assign(held, this.#hold(token));
          this.#held = held;
          stale = token.token;
          backoff.reset();
        } catch (error) {
          const end = endOf(error);
          if (end) {
            abandon(end);
            return;
          }

          if (token && error instanceof Refusal && error.code === "auth.token_invalid") {
            stale = token.token;
          }

          await link.pause((error instanceof Refusal ? error.retryAfter : undefined) ?? backoff.next());
        }
      }
    } catch {
      // The connection is lost. The next one begins with a token in date.
    }
  }

  #hold(token: AccessToken): Held {
    if (this.#held?.token.token !== token.token) {
      const renewAt = renewalOf(token, this.#environment.now());
      const renewAtElapsed = this.#environment.elapsed() + renewAt - this.#environment.now();
      this.#held = { token, renewAt, renewAtElapsed };
    }

    return this.#held;
  }

  /** Milliseconds; none when it is due. */
  #untilRenewal({ renewAt, renewAtElapsed }: Held): number {
    return Math.min(renewAt - this.#environment.now(), renewAtElapsed - this.#environment.elapsed());
  }

  #networkChanged(run: Run, online: boolean): void {
    if (online) {
      this.#backoff.reset();
      if (run.nextTryAt !== null) {
        this.#backoff.next();
        run.wake();
      } else {
        // A connection or a try of the network before would stand until somebody notices that nothing arrives.
        run.abandon("lost");
      }
    }

    if (!this.#link && !run.isStopped) {
      this.#show(run);
    }
  }

  #show({ attempt, nextTryAt, hadSession }: Run): void {
    const status = !this.#environment.isOnline() ? "offline" : hadSession ? "reconnecting" : "connecting";
    this.#state.set({ status, attempt, nextTryAt });
  }

  #finish(state: ConnectionState): void {
    const run = this.#run;
    if (run) {
      this.#run = undefined;
      run.isStopped = true;
      run.unsubscribe();
      run.wake();
      run.abandon("lost");
      this.#unlink(this.#link, false);
    }

    this.#state.set(state);
  }

  #unlink(link: HubLink | undefined, isBroken: boolean): void {
    if (link && this.#link === link) {
      this.#link = undefined;
      link.lose(isBroken);
    }
  }
}

function endOf(error: unknown): EndReason | undefined {
  if (error instanceof Refusal) {
    return error.isSignedOut ? "signedOut" : error.code === "auth.user_changed" ? "userChanged" : undefined;
  }

  return undefined;
}

function close(socket: HubSocket | undefined): void {
  socket?.stop().catch(() => {});
}
