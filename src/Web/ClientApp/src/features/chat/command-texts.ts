import type { MessageKey } from "../../app/i18n";
import type { CommandName } from "./commands";

/** What each command does. */
export const commandTexts: Readonly<Record<CommandName, MessageKey>> = {
  help: "chat.command.help",
  status: "chat.command.status",
  pause: "chat.command.pause",
  resume: "chat.command.resume",
  invite: "chat.command.invite",
  leave: "chat.command.leave",
};

/** How the command is typed. */
export function commandUsage(name: CommandName): string {
  return name === "invite" ? "/invite ada@example.com [owner|contributor|observer]" : `/${name}`;
}
