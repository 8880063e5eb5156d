const ICON = "/icon.svg";
const UNREAD_ICON = "/icon-unread.svg";

/** The browser's title: what is unread, the page, the app. */
export function titleOf(page: string, unread: number, app: string): string {
  const name = page === "" ? app : `${page} – ${app}`;
  return unread === 0 ? name : `(${unread > 99 ? "99+" : unread}) ${name}`;
}

/** Shows what is unread in the title, the tab's icon and, where the app is installed, at its icon. */
export function showBadge(page: string, unread: number, app: string): void {
  document.title = titleOf(page, unread, app);
  document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute("href", unread === 0 ? ICON : UNREAD_ICON);
  const shown = unread === 0 ? navigator.clearAppBadge?.() : navigator.setAppBadge?.(unread);
  shown?.catch(() => {
    // Not installed, or not allowed.
  });
}
