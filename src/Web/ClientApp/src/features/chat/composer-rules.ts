/** UTF-16 code units, as the server counts them. */
export const MESSAGE_LIMIT = 16_000;

/** From here on the count is shown. */
const COUNT_FROM = MESSAGE_LIMIT - 1_000;

/** A text with at least so many lines, pasted into the composer, is offered as a code block. */
const LONG_PASTE = 5;

export interface Count {
  readonly length: number;
  readonly isShown: boolean;
  readonly isOver: boolean;
}

export function countOf(text: string): Count {
  return { length: text.length, isShown: text.length >= COUNT_FROM, isOver: text.length > MESSAGE_LIMIT };
}

/** Whether the server takes the text as a message: not only white space, not too long. */
export function isSendable(text: string): boolean {
  return text.trim() !== "" && !countOf(text).isOver;
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  /** While an input method composes a character, its keys are its own. */
  readonly isComposing: boolean;
}

/** Whether the key sends: Ctrl or Cmd with Enter always, Enter alone if the user prefers it. */
export function isSendKey(press: KeyPress, sendWithEnter: boolean): boolean {
  if (press.key !== "Enter" || press.isComposing || press.altKey || press.shiftKey) {
    return false;
  }

  return press.ctrlKey || press.metaKey || sendWithEnter;
}

export function isLongPaste(text: string): boolean {
  return text.split("\n", LONG_PASTE).length === LONG_PASTE && !text.trimStart().startsWith("```");
}

/** The text as a fenced code block; the fence is longer than any run of backticks in it. */
export function asCodeBlock(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return `${fence}\n${text.replace(/\n+$/, "")}\n${fence}\n`;
}
