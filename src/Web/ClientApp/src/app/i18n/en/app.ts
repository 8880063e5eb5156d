export const app = {
  "app.name": "bmadServer",
  "app.loading": "Loading",
  "app.unreachable": "The server does not answer. Trying again…",
  "app.notFound": "Page not found",
  "app.notFoundHint": "There is nothing at this address.",
  "app.toStart": "Go to the start page",
};
