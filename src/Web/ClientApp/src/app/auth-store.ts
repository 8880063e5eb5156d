import { createApi } from "../api/client";
import { dataOf, problemOf } from "../api/problem";
import { Refusal, SignIn, type TokenSource, type User } from "../lib/index";
import { Store, useStore } from "./store";
import { unfinishedSignOut } from "./unfinished-sign-out";

/** Why the user is signed out: no activity, ended by the server or from another device, by themselves here, or in another tab. */
export type SignedOutReason = "idle" | "revoked" | "loggedOut" | "elsewhere";

export type AuthState =
  /** The browser may have a sign-in of before. `unreachable`: asking for it did not get through, and is tried again. */
  | { readonly status: "restoring"; readonly unreachable?: boolean; readonly user?: undefined; readonly signedOutReason?: undefined }
  | { readonly status: "signedOut"; readonly signedOutReason?: SignedOutReason; readonly user?: undefined }
  | { readonly status: "signedIn"; readonly user: User; readonly signedOutReason?: undefined };

/** What the store needs of {@link SignIn}. */
export type SignInSession = TokenSource & Pick<SignIn, "user" | "logOut">;

export interface AuthSurroundings {
  restore(): Promise<SignInSession | null>;
  withPassword(email: string, password: string): Promise<SignInSession>;
  /** Ends the sign-in whose cookie the browser keeps, if that is still wanted when its turn comes. */
  logOutByCookie(isStillWanted: () => boolean): Promise<void>;
  /** A sign-out of which the server does not know yet, with its reason; kept across reloads. */
  readonly unfinishedSignOut: { get(): SignedOutReason | null; set(reason: SignedOutReason | null): void };
  /** Between the tabs of this browser. */
  readonly channel: Pick<BroadcastChannel, "postMessage" | "addEventListener">;
  /** Calls after so many milliseconds. */
  after(milliseconds: number, call: () => void): void;
}

type TabMessage = { type: "signedIn"; userId: string } | { type: "signedOut"; reason: SignedOutReason };

/** Between two tries to reach the server, in milliseconds. */
const RETRY_PAUSE = 3_000;

/** Who is signed in, in memory only, and the same in all tabs of the browser. */
export class AuthStore {
  readonly #surroundings: AuthSurroundings;
  readonly #state = new Store<AuthState>({ status: "restoring" });
  #signIn: SignInSession | undefined;

  /** Grows with each change of who is signed in, so that an answer from before it is not taken for news. */
  #era = 0;

  /** Grows with the same, but not with a sign-in that fails: that leaves a sign-out before it to be finished. */
  #outcome = 0;

  constructor(surroundings: AuthSurroundings) {
    this.#surroundings = surroundings;
    surroundings.channel.addEventListener("message", (event) => this.#told((event as MessageEvent<TabMessage>).data));
  }

  readonly get = (): AuthState => this.#state.get();

  readonly subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  /** The tokens of who is signed in. */
  get tokens(): TokenSource | undefined {
    return this.#signIn;
  }

  /** Takes up the sign-in whose cookie the browser keeps, however long the server takes to answer. */
  async restore(): Promise<void> {
    const era = ++this.#era;
    this.#outcome++;
    this.#signIn = undefined;
    this.#state.set({ status: "restoring" });
    await this.#tryToRestore(era);
  }

  /** @throws {Problem} */
  async signIn(email: string, password: string): Promise<void> {
    const era = ++this.#era;
    let signIn: SignInSession;
    try {
      signIn = await this.#surroundings.withPassword(email, password);
    } catch (error) {
      throw problemOf(error);
    }

    if (era === this.#era) {
      // Its cookie has taken the place of the one before.
      this.#surroundings.unfinishedSignOut.set(null);
      this.#began(signIn);
      this.#tell({ type: "signedIn", userId: signIn.user.id });
    }
  }

  /** Ends the sign-in here and in all tabs, at once, also without a network; the server is told when it can be. */
  async signOut(reason: SignedOutReason = "loggedOut"): Promise<void> {
    const signIn = this.#signIn;
    if (signIn) {
      this.#surroundings.unfinishedSignOut.set(reason);
    }

    this.#ended(reason);
    this.#tell({ type: "signedOut", reason: reason === "loggedOut" ? "elsewhere" : reason });
    await this.#finishSignOut(async () => signIn?.logOut());
  }

  /** The sign-in, or this tab's part in it, is over already. The other tabs find out by themselves. */
  ended(reason: SignedOutReason): void {
    this.#ended(reason);
  }

  /** While the server does not know, the cookie would sign the user in again: a reload asks for this first. */
  async #finishSignOut(logOut: () => Promise<void>): Promise<void> {
    const outcome = this.#outcome;
    try {
      await logOut();
      if (outcome === this.#outcome) {
        this.#surroundings.unfinishedSignOut.set(null);
      }
    } catch {
      this.#surroundings.after(RETRY_PAUSE, () => outcome === this.#outcome && void this.#finishSignOut(() => this.#logOutByCookie()));
    }
  }

  /** Unless the cookie is that of a sign-in made meanwhile, or another tab was faster. */
  #logOutByCookie(): Promise<void> {
    const outcome = this.#outcome;
    return this.#surroundings.logOutByCookie(() => outcome === this.#outcome && this.#surroundings.unfinishedSignOut.get() !== null);
  }

  async #tryToRestore(era: number): Promise<void> {
    // Perhaps made in another tab since the last try.
    const unfinished = this.#surroundings.unfinishedSignOut.get();
    if (unfinished) {
      this.#ended(unfinished);
      await this.#finishSignOut(() => this.#logOutByCookie());
      return;
    }

    let signIn: SignInSession | null;
    try {
      signIn = await this.#surroundings.restore();
    } catch {
      if (era === this.#era) {
        this.#state.set({ status: "restoring", unreachable: true });
        this.#surroundings.after(RETRY_PAUSE, () => era === this.#era && void this.#tryToRestore(era));
      }

      return;
    }

    if (era !== this.#era) {
      return;
    }

    if (signIn) {
      this.#began(signIn);
    } else {
      this.#state.set({ status: "signedOut" });
    }
  }

  #began(signIn: SignInSession): void {
    this.#era++;
    this.#outcome++;
    this.#signIn = signIn;
    this.#state.set({ status: "signedIn", user: signIn.user });
  }

  #ended(reason: SignedOutReason): void {
    this.#era++;
    this.#outcome++;
    this.#signIn = undefined;
    this.#state.set({ status: "signedOut", signedOutReason: reason });
  }

  #tell(message: TabMessage): void {
    this.#surroundings.channel.postMessage(message);
  }

  #told(message: TabMessage): void {
    const state = this.#state.get();
    if (message.type === "signedOut" && state.status !== "signedOut") {
      this.#ended(message.reason);
    } else if (message.type === "signedIn" && state.status !== "restoring" && state.user?.id !== message.userId) {
      void this.restore();
    }
  }
}

export const authStore = new AuthStore({
  restore: () => SignIn.restore(""),
  withPassword: (email, password) => SignIn.withPassword("", email, password),
  logOutByCookie: (isStillWanted) => SignIn.endKept("", isStillWanted),
  unfinishedSignOut,
  channel: new BroadcastChannel("bmadserver.auth"),
  after: (milliseconds, call) => void setTimeout(call, milliseconds),
});

export function useAuth(): AuthState {
  return useStore(authStore);
}

/** Renews tokens for the REST API; a sign-in that turns out to be over signs this tab out. */
const guardedTokens: TokenSource = {
  get: async (stale) => {
    const tokens = authStore.tokens;
    if (!tokens) {
      throw new Refusal("auth.required", "");
    }

    try {
      return await tokens.get(stale);
    } catch (error) {
      if (tokens === authStore.tokens && error instanceof Refusal) {
        if (error.isSignedOut) {
          authStore.ended("revoked");
        } else if (error.code === "auth.user_changed") {
          void authStore.restore();
        }
      }

      throw error;
    }
  },
};

/** The REST API as the signed-in user. */
export const api = createApi(() => (authStore.tokens ? guardedTokens : undefined), globalThis.location?.origin);

/** @throws {Problem} `auth.invalid_credentials`, `validation.failed` */
export function signIn(email: string, password: string): Promise<void> {
  return authStore.signIn(email, password);
}

/** Makes an account and signs in. @throws {Problem} `user.exists`, `validation.failed` */
export async function signUp(email: string, password: string, displayName: string): Promise<void> {
  await dataOf(api.POST("/api/v1/auth/register", { body: { email, password, displayName } }));
  await signIn(email, password);
}

/**
 * Gives the account another password; all of its sign-ins but this one end.
 * @throws {Problem} `auth.wrong_password`, `validation.failed`
 */
export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await dataOf(api.POST("/api/v1/auth/password", { body: { currentPassword, newPassword } }));
}

export function signOut(reason?: SignedOutReason): Promise<void> {
  return authStore.signOut(reason);
}
