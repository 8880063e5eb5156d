/** Keeps the app's files for times without a network, and reloads a page whose files a newer version has replaced. */
export function keepAppOffline(): void {
  window.addEventListener("vite:preloadError", () => window.location.reload());
  if (import.meta.env.PROD && "serviceWorker" in navigator) {
    // After the page is there, so as not to compete with it for the network.
    window.addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => {
      // Not allowed here: the app works without.
    }));
  }
}
