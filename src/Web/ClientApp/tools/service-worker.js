// The app's service worker: the app opens without a network. It keeps the app's own files and nothing that the server
// says: calls of the API and of the hub pass by untouched.

const CACHE = "bmadserver-shell-__VERSION__";

/** The page and every file of the build. */
const FILES = "__FILES__";

/** Addresses that are the server's. */
const SERVER = /^\/(api|hubs|openapi|swagger|health)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })))));
});

// A new version takes over when the last page of the old one is closed, whose files must stay until then.
self.addEventListener("activate", (event) => {
  const clear = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("bmadserver-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || SERVER.test(pathname)) {
    return;
  }

  if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (FILES.includes(pathname)) {
    event.respondWith(caches.match(pathname, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)));
  }
});

/** The newest page while there is a network, and the kept one otherwise. */
async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match("/", { cacheName: CACHE });
    if (kept) {
      return kept;
    }

    throw error;
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function open(address) {
  const [page] = await self.clients.matchAll({ type: "window" });
  if (page) {
    await page.focus();
    page.postMessage({ type: "open", address });
  } else {
    await self.clients.openWindow(address);
  }
}
