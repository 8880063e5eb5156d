import { lastActivity, noteActivity, watchActivity } from "./activity";
import { api, authStore } from "./auth-store";
import { connectionState } from "./chat-connection";
import { IDLE_WARNING, IdleWatch } from "./idle";
import { SessionKeeper } from "./session-keeper";

const now = () => Date.now();

const after = (milliseconds: number, call: () => void) => {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
};

const idleWatch = new IdleWatch({ lastActivity, now, after, onIdle: () => void authStore.signOut("idle") });
const keeper = new SessionKeeper({ lastActivity, now, after, extend });

/** Whether the question if somebody is there stands. */
export const idleState = idleWatch.state;

/** The answer to that question. All tabs hear of it. */
export function staySignedIn(): void {
  noteActivity();
  keeper.extendNow();
}

/** Signs out whoever has gone, and keeps the session of whoever is there. Call once. */
export function followUser(): void {
  let isSignedIn = false;
  watchActivity(() => {
    const isOverdue = isSignedIn && now() - lastActivity.get() >= IDLE_WARNING;
    if (isOverdue) {
      // Perhaps the machine slept, and moving the mouse comes before the timers.
      idleWatch.check();
    }

    return isOverdue;
  });
  const follow = () => {
    const isNow = authStore.get().status === "signedIn";
    if (isNow && !isSignedIn) {
      noteActivity();
      idleWatch.start();
      keeper.start();
    } else if (!isNow && isSignedIn) {
      idleWatch.stop();
      keeper.stop();
    }

    isSignedIn = isNow;
  };
  authStore.subscribe(follow);
  follow();
  document.addEventListener("visibilitychange", () => isSignedIn && document.visibilityState === "visible" && idleWatch.check());
}

function extend(): void {
  const connection = connectionState.get();
  if (connection.status === "connected") {
    const path = { id: connection.sessionId };
    void api.POST("/api/v1/sessions/{id}/extend", { params: { path } }).catch(() => {
      // Out of reach: the session is resumed, or replaced by a fresh one, when the connection is back.
    });
  }
}
