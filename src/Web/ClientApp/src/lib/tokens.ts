/** Lets its bearer open the hub as one user, for a while. */
export interface AccessToken {
  readonly token: string;
  readonly userId: string;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly expiresAt: number;
}

/** Where access tokens come from. {@link SignIn} is one. */
export interface TokenSource {
  /**
   * A token that is good for a while.
   * @param stale is never the answer: it runs out soon, or the server refused it
   * @throws {Refusal} one whose `isSignedOut` is true, or with the code `auth.user_changed`, ends the client's work; after
   * every other failure it asks again later
   */
  get(stale?: string): Promise<AccessToken>;
}

/** A token is renewed when it has less time left than this, in milliseconds. */
const MARGIN = 60_000;

/** When to renew a token, in milliseconds since 1970: a minute before its end, or after half the time of a short one. */
export function renewalOf(token: AccessToken, receivedAt: number): number {
  return Math.max(token.expiresAt - MARGIN, receivedAt + (token.expiresAt - receivedAt) / 2);
}
