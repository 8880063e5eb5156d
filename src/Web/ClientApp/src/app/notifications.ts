import { focusedTab } from "./focused-tab";
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

/** Those on their way, by workflow: they are not shown when they were closed meanwhile. */
const coming = new Map<string, NotificationOptions>();

/** Those that a page shows itself, by workflow. */
const shownHere = new Map<string, Notification>();

/** Shows a notification of a message, unless the user has the app before them, in whichever tab. */
export function notifyOfMessage(workflowId: string, line: LastLine, title: string): void {
  if (!preferences.get().notifications || !canNotify || Notification.permission !== "granted") {
    return;
  }

  const options: NotificationOptions = {
    body: `${line.authorName}: ${line.content.slice(0, TEXT_LIMIT)}`,
    icon: "/icon-192.png",
    // One for each workflow, also when several tabs show it.
    tag: workflowId,
    data: `/w/${workflowId}`,
  };
  coming.set(workflowId, options);
  void show(workflowId, title, options);
}

/** Closes the notification of a workflow whose messages are read, or all of them. */
export function closeNotifications(workflowId?: string): void {
  if (workflowId === undefined) {
    coming.clear();
  } else {
    coming.delete(workflowId);
  }

  for (const [id, notification] of shownHere) {
    if (workflowId === undefined || workflowId === id) {
      shownHere.delete(id);
      notification.close();
    }
  }

  void closeThoseOfTheWorker(workflowId === undefined ? {} : { tag: workflowId });
}

async function closeThoseOfTheWorker(filter: GetNotificationOptions): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const notifications = await registration?.getNotifications?.(filter);
  notifications?.forEach((notification) => notification.close());
}

async function show(workflowId: string, title: string, options: NotificationOptions): Promise<void> {
  const isWatched = await focusedTab.isAny();
  // Phones show them only from a service worker, which also hears of the click.
  const registration = await navigator.serviceWorker?.getRegistration();
  if (coming.get(workflowId) !== options) {
    return;
  }

  coming.delete(workflowId);
  if (isWatched) {
    return;
  }

  if (registration?.active) {
    await registration.showNotification(title, options);
    return;
  }

  const notification = new Notification(title, options);
  shownHere.set(workflowId, notification);
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
