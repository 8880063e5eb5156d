import { connectWhenSignedIn } from "./chat-connection";
import { followUser } from "./presence-of-user";
import { afterSessionEnd } from "./session-end";
import { followWorkflows } from "./workflow-feed";

let hasBegun = false;

/** Begins what goes on outside of the pages while somebody is signed in. It stays, and waits while nobody is. */
export function beginSignedIn(): void {
  if (!hasBegun) {
    hasBegun = true;
    connectWhenSignedIn(afterSessionEnd);
    followWorkflows();
    followUser();
  }
}
