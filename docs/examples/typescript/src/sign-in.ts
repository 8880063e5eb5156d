import { Refusal } from "./wire.js";

interface Tokens {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  user: { id: string; email: string; displayName: string };
}

/** A new access token is fetched when the old one has less time left than this, in milliseconds. */
const MARGIN = 60_000;

/** Until the cookie of whoever won the race for a refresh token is here, in milliseconds. */
const RACE = 500;

/** One sign-in over REST. Its access token is renewed when needed, for as long as the server keeps the sign-in. */
export class SignIn {
  readonly #server: string;
  #tokens!: Tokens;
  #renewAt = 0;
  #renewal: Promise<void> | undefined;

  /** A browser keeps this cookie itself; Node.js has no place for cookies. */
  #refreshCookie = "";

  private constructor(server: string) {
    this.#server = server;
  }

  /** @throws {Refusal} `auth.invalid_credentials` */
  static async withPassword(server: string, email: string, password: string): Promise<SignIn> {
    const signIn = new SignIn(server);
    await signIn.#fetchTokens("/api/v1/auth/login", { email, password });
    return signIn;
  }

  get userId(): string {
    return this.#tokens.user.id;
  }

  /** A token that is good for another minute at least. */
  async accessToken(): Promise<string> {
    if (Date.now() >= this.#renewAt) {
      // Each refresh token can be used once, so two callers share one renewal.
      this.#renewal ??= this.#refresh().finally(() => (this.#renewal = undefined));
      await this.#renewal;
    }

    return this.#tokens.accessToken;
  }

  /** Calls the REST API as this user and gives the answer's body. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await request(this.#server, method, path, body, { Authorization: `Bearer ${await this.accessToken()}` });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async #refresh(): Promise<void> {
    try {
      await this.#fetchTokens("/api/v1/auth/refresh");
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "auth.refresh_raced")) {
        throw error;
      }

      // Another tab used the refresh token at the same moment; its answer brings the cookie to use next.
      await new Promise((resolve) => setTimeout(resolve, RACE));
      await this.#refresh();
    }
  }

  async #fetchTokens(path: string, body?: unknown): Promise<void> {
    const response = await request(this.#server, "POST", path, body, this.#refreshCookie ? { Cookie: this.#refreshCookie } : {});
    this.#tokens = (await response.json()) as Tokens;
    this.#renewAt = Date.now() + this.#tokens.expiresIn * 1000 - MARGIN;
    this.#refreshCookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  }
}

/** Makes an account. @throws {Refusal} `user.exists`, `validation.failed` */
export async function register(server: string, email: string, password: string, displayName: string): Promise<void> {
  await request(server, "POST", "/api/v1/auth/register", { email, password, displayName });
}

async function request(server: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(server + path, {
    method,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    const problem = (await response.json()) as { code: string; detail: string };
    throw new Refusal(problem.code, problem.detail);
  }

  return response;
}
