/** Keeps the app's files for times without a network, and reloads a page whose files a newer version has replaced. */
export function keepAppOffline(): void {
  // The entry's address has a hash of all that it loads.
  window.addEventListener("vite:preloadError", () => reloadOnce(import.meta.url, () => window.location.reload()));
  if (import.meta.env.PROD && "serviceWorker" in navigator) {
    // After the page is there, so as not to compete with it for the network.
    window.addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => {
      // Not allowed here: the app works without.
    }));
  }
}

const KEY = "bmadserver.reloadedVersion";

/**
 * Reloads for a file that could not be loaded, once in a tab for each version: when that brought the same version again,
 * the file is missing for another reason. Then, and without a network, whoever asked for the file does without, or the
 * error page is shown.
 */
export function reloadOnce(version: string, reload: () => void): void {
  if (!navigator.onLine) {
    return;
  }

  try {
    if (sessionStorage.getItem(KEY) === version) {
      return;
    }

    sessionStorage.setItem(KEY, version);
  } catch {
    // Nothing would end the reloads.
    return;
  }

  reload();
}
