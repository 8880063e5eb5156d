import { composer } from "./composer.ts";
import { connection } from "./connection.ts";
import { conversation } from "./conversation.ts";
import type { Scene } from "./scene.ts";
import { shell } from "./shell.ts";
import { signedOut } from "./signed-out.ts";

/** Every page, dialog, menu and state of the app. */
export const scenes: readonly Scene[] = [...signedOut, ...shell, ...conversation, ...composer, ...connection];

/** Those that a window of this width can show. */
export function scenesFor(width: number): readonly Scene[] {
  const size = width < 768 ? "phone" : "desktop";
  return scenes.filter(({ only }) => only === undefined || only === size);
}
