import { Refusal } from "./refusal.js";
import { RefreshKey } from "./refresh-key.js";
import { systemEnvironment } from "./environment.js";
import { renewalOf, type AccessToken, type TokenSource } from "./tokens.js";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
}

interface Tokens {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  user: User;
}

/** Until the cookie of whoever won the race for a refresh token is here, in milliseconds. */
const RACE = 500;
const MAXIMUM_RACES = 10;

/** A request that has no answer after this many milliseconds has failed. */
const REQUEST_LIMIT = 30_000;

/**
 * A refresh has used up the old token, and only its answer brings the new one. It can be repeated, but need not be: it is not cut
 * off when the page goes, nor when nobody waits for it any more, and the browser takes the cookie from the answer all the same.
 */
const UNCUT: RequestInit = { keepalive: true };

/**
 * A refresh token can be used once, and using it twice ends the sign-in. The tabs of a browser share the cookie that it is
 * in, so they take turns.
 */
const LOCK = "bmadserver-refresh";

/** A tab that waits longer for its turn, in milliseconds, asks again later: another one may hold the lock for ever. */
const LOCK_LIMIT = 60_000;

/** One sign-in over REST. Its access token is renewed when needed, for as long as the server keeps the sign-in. */
export class SignIn implements TokenSource {
  readonly user: User;
  readonly #server: string;
  #token: AccessToken;
  #renewAt: number;

  /** By `elapsed`, so that a clock that is set back keeps no outdated token. */
  #expiresAtElapsed: number;
  #renewal: Promise<void> | undefined;

  /** A browser keeps this cookie itself; Node.js has no place for cookies. */
  #refreshCookie: string;
  readonly #refreshKey = new RefreshKey();

  private constructor(server: string, { tokens, refreshCookie }: Answer) {
    this.#server = server;
    this.user = tokens.user;
    this.#token = tokenOf(tokens);
    this.#renewAt = renewalOf(this.#token, systemEnvironment.now());
    this.#expiresAtElapsed = elapsedAtEndOf(this.#token);
    this.#refreshCookie = refreshCookie;
  }

  /**
   * @param server its address, such as `https://chat.example.com`; empty for the one that the page came from
   * @throws {Refusal} `auth.invalid_credentials`
   */
  static async withPassword(server: string, email: string, password: string): Promise<SignIn> {
    return new SignIn(server, await inTurn(() => fetchTokens(server, "/api/v1/auth/login", { email, password })));
  }

  /** The sign-in whose cookie the browser keeps; null when there is none that still stands. */
  static async restore(server: string): Promise<SignIn | null> {
    try {
      return new SignIn(server, await inTurn(() => refresh(server, "", new RefreshKey())));
    } catch (error) {
      if (error instanceof Refusal && error.isSignedOut) {
        return null;
      }

      throw error;
    }
  }

  /**
   * Ends the sign-in whose cookie the browser keeps, without taking it up.
   * @param isStillWanted asked when no other request can change the cookie any more
   */
  static async endKept(server: string, isStillWanted: () => boolean): Promise<void> {
    await inTurn(async () => {
      if (isStillWanted()) {
        await request(server, "POST", "/api/v1/auth/logout");
      }
    });
  }

  /** @throws {Refusal} `auth.user_changed`: somebody else has signed in in this browser */
  async get(stale?: string): Promise<AccessToken> {
    if (this.#token.token === stale || this.#isDue()) {
      this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
      await this.#renewal;
    }

    const left = this.#expiresAtElapsed - systemEnvironment.elapsed();
    return { ...this.#token, expiresAt: Math.min(this.#token.expiresAt, systemEnvironment.now() + left) };
  }

  /** Calls the REST API as this user and gives the answer's body. @throws {Refusal} */
  async call<T = void>(method: string, path: string, body?: unknown): Promise<T> {
    const { token } = await this.get();
    const bearing = (accessToken: string) => request(this.#server, method, path, body, { Authorization: `Bearer ${accessToken}` });
    const response = await bearing(token).catch(async (error: unknown) => {
      if (error instanceof Refusal && error.code === "auth.required") {
        // The token is outdated earlier than this machine's clock says.
        return bearing((await this.get(token)).token);
      }

      throw error;
    });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** Ends the sign-in, its sessions and their connections. */
  async logOut(): Promise<void> {
    const headers = { Authorization: `Bearer ${this.#token.token}`, ...cookieHeader(this.#refreshCookie) };
    await inTurn(() => request(this.#server, "POST", "/api/v1/auth/logout", undefined, headers));
  }

  #isDue(): boolean {
    const margin = this.#token.expiresAt - this.#renewAt;
    return systemEnvironment.now() >= this.#renewAt || systemEnvironment.elapsed() >= this.#expiresAtElapsed - margin;
  }

  async #renew(): Promise<void> {
    const { tokens, refreshCookie } = await inTurn(() => refresh(this.#server, this.#refreshCookie, this.#refreshKey));
    if (tokens.user.id !== this.user.id) {
      throw new Refusal("auth.user_changed", "Somebody else has signed in.");
    }

    this.#token = tokenOf(tokens);
    this.#renewAt = renewalOf(this.#token, systemEnvironment.now());
    this.#expiresAtElapsed = elapsedAtEndOf(this.#token);
    this.#refreshCookie = refreshCookie;
  }
}

/** Makes an account. @throws {Refusal} `user.exists`, `validation.failed` */
export async function register(server: string, email: string, password: string, displayName: string): Promise<void> {
  await request(server, "POST", "/api/v1/auth/register", { email, password, displayName });
}

interface Answer {
  tokens: Tokens;
  refreshCookie: string;
}

async function refresh(server: string, cookie: string, key: RefreshKey): Promise<Answer> {
  for (let races = 0; ; races++) {
    try {
      const headers = { ...cookieHeader(cookie), "Idempotency-Key": key.get() };
      const answer = await within(REQUEST_LIMIT, fetchTokens(server, "/api/v1/auth/refresh", undefined, { headers, ...UNCUT }));
      key.done();
      return answer;
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "auth.refresh_raced") || races === MAXIMUM_RACES) {
        throw error;
      }

      // Somebody else used the refresh token at the same moment; their answer brings the cookie to use next.
      await new Promise((resolve) => setTimeout(resolve, RACE));
    }
  }
}

async function fetchTokens(server: string, path: string, body: unknown, options?: RequestInit): Promise<Answer> {
  const response = await answerOf(server, "POST", path, body, options ?? limited());
  return {
    tokens: (await response.json()) as Tokens,
    refreshCookie: response.headers.getSetCookie?.()[0]?.split(";")[0] ?? "",
  };
}

function request(server: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  return answerOf(server, method, path, body, { headers, ...limited() });
}

function limited(): RequestInit {
  return { signal: AbortSignal.timeout(REQUEST_LIMIT) };
}

async function answerOf(server: string, method: string, path: string, body: unknown, options: RequestInit) {
  const response = await fetch(server + path, {
    ...options,
    method,
    headers: body === undefined ? (options.headers ?? {}) : { "Content-Type": "application/json", ...options.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw await refusalOf(response);
  }

  return response;
}

/** Something between here and the server may answer in its own words. */
async function refusalOf(response: Response): Promise<Error> {
  try {
    const { code, detail, errors } = (await response.json()) as { code?: unknown; detail?: unknown; errors?: Record<string, string[]> };
    if (typeof code === "string") {
      return new Refusal(code, typeof detail === "string" ? detail : "", errors);
    }
  } catch {
    // Not the server's.
  }

  return new Error(`HTTP ${response.status}`);
}

/** Waits no longer than this for the work, which goes on. */
function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds);
  return Promise.race([work, new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)))]);
}

function cookieHeader(cookie: string): Record<string, string> {
  return cookie ? { Cookie: cookie } : {};
}

function tokenOf({ accessToken, expiresIn, user }: Tokens): AccessToken {
  return { token: accessToken, userId: user.id, expiresAt: systemEnvironment.now() + expiresIn * 1000 };
}

function elapsedAtEndOf({ expiresAt }: AccessToken): number {
  return systemEnvironment.elapsed() + expiresAt - systemEnvironment.now();
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return locks ? (locks.request(LOCK, { signal: AbortSignal.timeout(LOCK_LIMIT) }, work) as Promise<T>) : work();
}
