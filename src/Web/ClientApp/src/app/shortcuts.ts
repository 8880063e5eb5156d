import { useEffect, useRef } from "react";
import type { MessageKey } from "./i18n";
import { preferences } from "./preferences";
import { Store } from "./store";

export interface Shortcut {
  /** Lower case, `mod` is Ctrl, or Cmd on a Mac: `mod+k`, `alt+arrowup`, `?`. */
  readonly keys: string;
  /** What the sheet says about it. */
  readonly description: MessageKey;
  /** Leave it out for one that a component handles itself and that the sheet only lists. */
  readonly run?: () => void;
}

/** Those that can be used now, for the sheet. */
export const shortcuts = new Store<readonly Shortcut[]>([]);

const isMac = () => typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.platform);

/** @returns takes it away again */
export function registerShortcut(shortcut: Shortcut): () => void {
  shortcuts.set([...shortcuts.get(), shortcut]);
  return () => shortcuts.set(shortcuts.get().filter((other) => other !== shortcut));
}

/** The shortcut, as long as the component is there. */
export function useShortcut({ keys, description, run }: Shortcut): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const runs = run !== undefined;
  useEffect(
    () => registerShortcut({ keys, description, ...(runs ? { run: () => latest.current?.() } : {}) }),
    [keys, description, runs],
  );
}

/** Runs shortcuts as keys are pressed. Call once. @returns stops it */
export function listenForShortcuts(): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) {
      return;
    }

    const keys = keysOf(event);
    const isCharacter = keys.length === 1;
    if (isCharacter && (isTyping(event.target) || !preferences.get().characterShortcuts)) {
      return;
    }

    // The Option key types characters on a Mac, such as the tilde, and moves by words.
    if (isMac() && event.altKey && isTyping(event.target)) {
      return;
    }

    // The one registered last belongs to what was opened last.
    const shortcut = shortcuts.get().findLast((candidate) => candidate.run && candidate.keys === keys);
    if (shortcut) {
      event.preventDefault();
      shortcut.run?.();
    }
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

/** The keys as this machine's keyboard names them, one after the other. */
export function labelsOf(keys: string): string[] {
  const names: Record<string, string> = {
    mod: isMac() ? "⌘" : "Ctrl",
    alt: isMac() ? "⌥" : "Alt",
    shift: isMac() ? "⇧" : "Shift",
    arrowup: "↑",
    arrowdown: "↓",
    enter: "Enter",
    escape: "Esc",
  };
  return keys.split("+").map((key) => names[key] ?? key.toUpperCase());
}

function keysOf(event: KeyboardEvent): string {
  // With Alt, a Mac gives other characters than the keys are labelled with.
  const letter = event.altKey && /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = (letter || event.key).toLowerCase();
  // Shift is part of how a character such as `?` is typed, and differs between keyboards.
  const isShiftNamed = event.shiftKey && key.length > 1;
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  return [mod ? "mod" : "", event.altKey ? "alt" : "", isShiftNamed ? "shift" : "", key].filter(Boolean).join("+");
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}
