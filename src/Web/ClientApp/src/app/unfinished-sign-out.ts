import type { AuthSurroundings, SignedOutReason } from "./auth-store";

const KEY = "bmadserver.unfinishedSignOut";

const reasons: readonly string[] = ["idle", "revoked", "loggedOut", "elsewhere"] satisfies SignedOutReason[];

/** A sign-out of which the server does not know yet; for all tabs of this browser. */
export const unfinishedSignOut: AuthSurroundings["unfinishedSignOut"] = {
  get: () => {
    const reason = localStorage.getItem(KEY);
    return reason !== null && reasons.includes(reason) ? (reason as SignedOutReason) : null;
  },
  set: (reason) => {
    try {
      if (reason === null) {
        localStorage.removeItem(KEY);
      } else {
        localStorage.setItem(KEY, reason);
      }
    } catch {
      // Full, or not allowed: the server is told if it can be reached now.
    }
  },
};
