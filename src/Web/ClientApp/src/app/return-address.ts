import type { SignedOutReason } from "./auth-store";

/** Where to go after signing in, kept in the location's state. */
export interface SignInState {
  readonly from?: string;
  /** Whose address it is; for anybody when nobody was signed in. */
  readonly userId?: string;
}

/** @param userId who was signed in, if that is known */
export function stateAfterSignOut(reason: SignedOutReason | undefined, address: string, userId: string | undefined): SignInState {
  if (userId !== undefined) {
    // Whoever signs out is done with the page; whoever is signed out comes back to it.
    return reason === "loggedOut" ? {} : { from: address, userId };
  }

  // Without a reason nobody was signed in: a link was followed.
  return reason === undefined ? { from: address } : {};
}

export function addressAfterSignIn(state: SignInState | null, userId: string): string {
  const isOwn = state?.userId === undefined || state.userId === userId;
  return (isOwn && state?.from) || "/";
}
