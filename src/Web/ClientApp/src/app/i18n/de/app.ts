import type { app as english } from "../en/app";

export const app: Record<keyof typeof english, string> = {
  "app.name": "bmadServer",
  "app.loading": "Wird geladen",
  "app.unreachable": "Der Server antwortet nicht. Nächster Versuch läuft…",
  "app.notFound": "Seite nicht gefunden",
  "app.notFoundHint": "Unter dieser Adresse gibt es nichts.",
  "app.toStart": "Zur Startseite",
};
