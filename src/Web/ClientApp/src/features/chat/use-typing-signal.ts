import { useEffect, useMemo } from "react";

/** Told again after so long, in milliseconds: whoever sees it forgets it after a few seconds. */
const REPEAT = 3_000;

/** Who presses no key for so long, in milliseconds, has stopped. */
const PAUSE = 5_000;

export interface TypingSignal {
  /** A key was pressed. */
  pressed(): void;
  /** The text was sent, cleared, or left alone. */
  stopped(): void;
}

/** Tells the others that the user types, now and then, and when they stop. */
export function useTypingSignal(setTyping: (isTyping: boolean) => void): TypingSignal {
  const signal = useMemo(() => typingSignal(setTyping), [setTyping]);
  useEffect(() => () => signal.stopped(), [signal]);
  return signal;
}

export function typingSignal(setTyping: (isTyping: boolean) => void, now: () => number = Date.now): TypingSignal {
  let toldAt: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopped = () => {
    clearTimeout(timer);
    if (toldAt !== undefined) {
      toldAt = undefined;
      setTyping(false);
    }
  };
  return {
    pressed: () => {
      clearTimeout(timer);
      timer = setTimeout(stopped, PAUSE);
      if (toldAt === undefined || now() - toldAt >= REPEAT) {
        toldAt = now();
        setTyping(true);
      }
    },
    stopped,
  };
}
