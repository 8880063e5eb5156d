type TabMessage = "who?" | "me";

export interface FocusSurroundings {
  /** Between the tabs of this browser. */
  readonly channel: Pick<BroadcastChannel, "postMessage" | "addEventListener" | "removeEventListener">;
  /** Whether this tab is the one that the user has before them. */
  hasFocus(): boolean;
}

/** So long, in milliseconds, another tab has to answer. */
const ANSWER_LIMIT = 250;

/** Knows whether the user has the app before them, in whichever tab. */
export class FocusedTab {
  readonly #surroundings: FocusSurroundings;

  constructor(surroundings: FocusSurroundings) {
    this.#surroundings = surroundings;
    surroundings.channel.addEventListener("message", (event) => {
      if ((event as MessageEvent<TabMessage>).data === "who?" && surroundings.hasFocus()) {
        surroundings.channel.postMessage("me" satisfies TabMessage);
      }
    });
  }

  /** Asked anew each time: a tab that crashed or is frozen does not say that it has lost the focus. */
  isAny(): Promise<boolean> {
    const { channel, hasFocus } = this.#surroundings;
    if (hasFocus()) {
      return Promise.resolve(true);
    }

    return new Promise((resolve) => {
      const end = (isAny: boolean) => {
        clearTimeout(timer);
        channel.removeEventListener("message", answered);
        resolve(isAny);
      };
      const answered = (event: Event) => (event as MessageEvent<TabMessage>).data === "me" && end(true);
      const timer = setTimeout(() => end(false), ANSWER_LIMIT);
      channel.addEventListener("message", answered);
      channel.postMessage("who?" satisfies TabMessage);
    });
  }
}

export const focusedTab = new FocusedTab({
  channel: new BroadcastChannel("bmadserver.focus"),
  hasFocus: () => document.visibilityState === "visible" && document.hasFocus(),
});
