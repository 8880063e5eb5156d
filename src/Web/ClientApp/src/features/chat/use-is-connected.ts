import { useSyncExternalStore } from "react";
import { useConnection } from "../../app/chat-connection";

/** Whether a message goes out at once. The browser knows of a lost network before the connection does. */
export function useIsConnected(): boolean {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return useConnection().status === "connected" && isOnline;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
