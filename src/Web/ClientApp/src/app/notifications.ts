import { preferences, setPreference } from "./preferences";
import type { LastLine } from "./workflow-activity";

/** The longest text that a notification shows. */
const TEXT_LIMIT = 200;

/** Whether this browser can show notifications at all. */
export const canNotify = "Notification" in globalThis;

/** Switches notifications on, with the browser's permission, or off. @returns whether they are as wanted now */
export async function setNotifications(wanted: boolean): Promise<boolean> {
  const isAllowed = wanted && canNotify && (await Notification.requestPermission()) === "granted";
  setPreference("notifications", isAllowed);
  return isAllowed === wanted;
}

/** Shows a notification of a message, unless the user has the page before them. */
export function notifyOfMessage(workflowId: string, line: LastLine, title: string): void {
  const isWatched = document.visibilityState === "visible" && document.hasFocus();
  if (isWatched || !preferences.get().notifications || !canNotify || Notification.permission !== "granted") {
    return;
  }

  const options: NotificationOptions = {
    body: `${line.authorName}: ${line.content.slice(0, TEXT_LIMIT)}`,
    icon: "/icon-192.png",
    // One for each workflow, also when several tabs show it.
    tag: workflowId,
    data: `/w/${workflowId}`,
  };
  void show(title, options);
}

async function show(title: string, options: NotificationOptions): Promise<void> {
  // Phones show them only from a service worker, which also hears of the click.
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) {
    await registration.showNotification(title, options);
    return;
  }

  const notification = new Notification(title, options);
  notification.onclick = () => {
    window.focus();
    window.dispatchEvent(new CustomEvent(OPEN_EVENT, { detail: options.data as string }));
    notification.close();
  };
}

/** A notification was clicked; `detail` is the address to show. */
const OPEN_EVENT = "bmadserver.open";

/** Calls with the address that belongs to a notification that was clicked. @returns ends it */
export function onNotificationClick(call: (address: string) => void): () => void {
  const fromPage = (event: Event) => call((event as CustomEvent<string>).detail);
  const fromWorker = ({ data }: MessageEvent<{ type?: unknown; address?: unknown }>) => {
    if (data.type === "open" && typeof data.address === "string") {
      call(data.address);
    }
  };
  window.addEventListener(OPEN_EVENT, fromPage);
  navigator.serviceWorker?.addEventListener("message", fromWorker);
  return () => {
    window.removeEventListener(OPEN_EVENT, fromPage);
    navigator.serviceWorker?.removeEventListener("message", fromWorker);
  };
}
