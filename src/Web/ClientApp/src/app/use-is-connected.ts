import { useSyncExternalStore } from "react";
import { useConnection } from "./chat-connection";

/** Whether a message goes out at once. The browser knows of a lost network before the connection does. */
export function useIsConnected(): boolean {
  const isOnline = useIsOnline();
  return useConnection().status === "connected" && isOnline;
}

/** Whether the browser has a network at all. */
export function useIsOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
