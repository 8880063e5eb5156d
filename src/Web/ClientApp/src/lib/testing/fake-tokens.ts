import type { Environment } from "../environment.js";
import type { AccessToken, TokenSource } from "../tokens.js";

/** Tokens that are good for 15 minutes: `token-1`, `token-2` … */
export class FakeTokens implements TokenSource {
  userId = "marco";
  failures: Error[] = [];
  readonly asked: (string | undefined)[] = [];
  #current: AccessToken | undefined;
  #count = 0;

  constructor(readonly environment: Environment) {}

  async get(stale?: string): Promise<AccessToken> {
    this.asked.push(stale);
    const failure = this.failures.shift();
    if (failure) {
      throw failure;
    }

    if (!this.#current || this.#current.token === stale || this.#current.expiresAt <= this.environment.now()) {
      this.#current = { token: `token-${++this.#count}`, userId: this.userId, expiresAt: this.environment.now() + 900_000 };
    }

    return this.#current;
  }
}
