import type { sessions as english } from "../en/sessions";

export const sessions: Record<keyof typeof english, string> = {
  "sessions.title": "Sitzungen",
  "sessions.intro": "Jeder Tab und jedes Gerät, das mit deinem Konto angemeldet ist, hat eine Sitzung. Beende die, die du nicht kennst.",
  "sessions.this": "Dieses Gerät",
  "sessions.connected": "Verbunden",
  "sessions.notConnected": "Nicht verbunden",
  "sessions.lastSeen": "Zuletzt gesehen: {ago}",
  "sessions.since": "Seit {time}",
  "sessions.end": "Beenden",
  "sessions.endNamed": "Die Sitzung {device} beenden",
  "sessions.endOthers": "Alle anderen Sitzungen beenden",
  "sessions.confirmEnd": "Diese Sitzung beenden?",
  "sessions.confirmEndText": "{device} wird sofort abgemeldet.",
  "sessions.confirmEndOthers": "Alle anderen Sitzungen beenden?",
  "sessions.confirmEndOthersText": "{count} {count|Sitzung wird|Sitzungen werden} sofort beendet. Dieses Gerät bleibt angemeldet.",
  "sessions.ended": "Beendet.",
  "sessions.only": "Es gibt keine andere Sitzung.",
  "sessions.keep": "Behalten",
  "sessions.unknownDevice": "Unbekanntes Gerät",
  "sessions.deviceOn": "{browser} auf {system}",
  "sessions.workflows": "{count} {count|Workflow|Workflows} offen",
};
