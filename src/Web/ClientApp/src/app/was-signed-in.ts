import { authStore } from "./auth-store";

const KEY = "bmadserver.wasSignedIn";

/** Whether somebody was signed in when this browser last had the app open: a guess at what a reload will show. */
export function wasSignedIn(): boolean {
  return localStorage.getItem(KEY) !== null;
}

/** Call once. */
export function rememberSignIn(): void {
  authStore.subscribe(() => {
    const { status } = authStore.get();
    try {
      if (status === "signedIn") {
        localStorage.setItem(KEY, "1");
      } else if (status === "signedOut") {
        localStorage.removeItem(KEY);
      }
    } catch {
      // Full, or not allowed: the guess is wrong, and something is loaded later.
    }
  });
}
