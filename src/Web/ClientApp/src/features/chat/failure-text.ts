import type { MessageKey, Translate } from "../../app/i18n";

const known: Readonly<Record<string, MessageKey>> = {
  "workflow.read_only": "chat.reason.readOnly",
  "workflow.closed": "chat.reason.closed",
  "workflow.not_found": "chat.reason.gone",
  "message.not_found": "chat.reason.noMessage",
  "message.forbidden": "chat.reason.forbidden",
  "message.deleted": "chat.reason.deleted",
  "message.undelivered": "chat.reason.undelivered",
  "validation.failed": "chat.reason.invalid",
  "user.not_found": "chat.reason.noUser",
  "workflow.forbidden": "chat.reason.ownersOnly",
  "workflow.illegal_status": "chat.reason.illegalStatus",
  "workflow.last_owner": "chat.reason.lastOwner",
  "workflow.personal": "chat.reason.personal",
  "participant.exists": "chat.reason.alreadyIn",
  "client.stopped": "chat.reason.stopped",
  network: "chat.reason.network",
};

/** Why the server, or the way to it, refused something. @param code the server's, or one of this app's own */
export function reasonOf(code: string | undefined, t: Translate): string {
  const key = code === undefined ? undefined : known[code];
  return key === undefined ? t("chat.reason.other", { code: code ?? "?" }) : t(key);
}
