import type { ChatClient, EndReason } from "../lib/index";
import { lastActivity } from "./activity";
import { authStore } from "./auth-store";
import { IDLE_LIMIT } from "./idle";

const channel = new BroadcastChannel("bmadserver.session-end");

/** Sessions that another tab of this browser has ended, which is no reason to sign all tabs out. */
const endedByThisBrowser = new Set<string>();

channel.addEventListener("message", ({ data }: MessageEvent<readonly string[]>) => data.forEach((id) => endedByThisBrowser.add(id)));

/** How long to wait for the word of another tab, in milliseconds: it takes another way than the end that it announces. */
const WORD_OF_TAB = 1_000;

/** Call before ending sessions of the user's, so that one of this browser's tabs knows that it was not another device. */
export function announceSessionEnd(sessionIds: readonly string[]): void {
  channel.postMessage(sessionIds);
}

/** What a session's end means for the user. */
export function afterSessionEnd(reason: EndReason, client: ChatClient, sessionId: string | undefined): void {
  switch (reason) {
    case "replaced":
      // A duplicated tab took the session over. This one gets one of its own.
      client.start();
      break;
    case "expired":
      if (Date.now() - lastActivity.get() < IDLE_LIMIT) {
        // The session was quiet, and the user busy in another tab.
        client.start();
      } else {
        void authStore.signOut("idle");
      }

      break;
    case "revoked":
      setTimeout(() => {
        if (sessionId !== undefined && endedByThisBrowser.has(sessionId)) {
          authStore.ended("revoked");
        } else {
          // Another device said that this one is to go, and a reload must not bring it back.
          void authStore.signOut("revoked");
        }
      }, WORD_OF_TAB);
      break;
    case "userChanged":
      void authStore.restore();
      break;
    case "loggedOut":
      authStore.ended("elsewhere");
      break;
    case "signedOut":
      authStore.ended("revoked");
      break;
  }
}
