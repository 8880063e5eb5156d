import type { ParticipantRole } from "../../lib/index";

export const commandNames = ["help", "status", "pause", "resume", "invite", "leave"] as const;
export type CommandName = (typeof commandNames)[number];

/** What the text of a command says. */
export type Command =
  | { readonly name: Exclude<CommandName, "invite"> }
  | { readonly name: "invite"; readonly email: string; readonly role: ParticipantRole };

export type ParsedCommand =
  | { readonly kind: "message" }
  | { readonly kind: "command"; readonly command: Command }
  /** It begins like a command, but there is no such one, or its arguments are wrong. */
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "inviteUsage" };

const roles: readonly string[] = ["owner", "contributor", "observer"] satisfies ParticipantRole[];

/** Whether the text is a message or a command. A path such as `/usr/bin` and `//` begin a message. */
export function parseCommand(text: string): ParsedCommand {
  const [, name, rest = ""] = /^\/([a-z]+)(?:[ \t]+(.*))?$/i.exec(text.trim()) ?? [];
  if (name === undefined) {
    return { kind: "message" };
  }

  const known = commandNames.find((command) => command === name.toLowerCase());
  if (known === undefined) {
    return { kind: "unknown", name };
  }

  if (known !== "invite") {
    return { kind: "command", command: { name: known } };
  }

  const [email = "", role = "contributor", ...more] = rest.trim().split(/\s+/);
  return /^[^@\s]+@[^@\s]+$/.test(email) && isRole(role) && more.length === 0
    ? { kind: "command", command: { name: known, email, role } }
    : { kind: "inviteUsage" };
}

/** The commands that the text in the composer may become; none when it is no beginning of a command. */
export function commandsFor(text: string): readonly CommandName[] {
  const typed = /^\/([a-z]*)$/i.exec(text)?.[1]?.toLowerCase();
  return typed === undefined ? [] : commandNames.filter((name) => name.startsWith(typed));
}

function isRole(text: string): text is ParticipantRole {
  return roles.includes(text);
}
