import type { Page } from "@playwright/test";

/** Times by the page's own clock, in milliseconds since its navigation. */
interface Stopwatch {
  /** When the last Enter was pressed, as the browser stamped it. */
  pressedAt: number;
  /** When the message with this text came through a WebSocket. */
  readonly arrivedAt: Map<string, number>;
  /** Begins to look for a message with this text. */
  lookFor(text: string): void;
  /** Resolves after the first frame that shows that message in the list's visible part. */
  found: Promise<Shown>;
}

interface Shown {
  readonly at: number;
  /** All that stood in the row. */
  readonly text: string;
}

declare global {
  interface Window {
    stopwatch: Stopwatch;
  }
}

/** Puts a stopwatch into every page that this one goes to, before the app. */
export async function installStopwatch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const arrivedAt = new Map<string, number>();
    window.stopwatch = { pressedAt: NaN, arrivedAt, lookFor, found: new Promise(() => {}) };

    window.addEventListener(
      "keydown",
      (event) => {
        if (event.isTrusted && event.key === "Enter") {
          window.stopwatch.pressedAt = event.timeStamp;
        }
      },
      true,
    );

    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        // The first one to listen: the app has not got hold of it yet.
        this.addEventListener("message", ({ data, timeStamp }) => {
          const marked = typeof data === "string" && data.includes('"messagePosted"') ? /measured \d+\./.exec(data) : undefined;
          if (marked) {
            arrivedAt.set(marked[0], timeStamp);
          }
        });
      }
    };

    function lookFor(text: string): void {
      window.stopwatch.found = new Promise((resolve) => {
        const afterFrame = new MessageChannel();
        const lookAfterFrame = () => requestAnimationFrame(() => afterFrame.port2.postMessage(undefined));
        // The task comes after the frame in which it was posted, with its layout and its painting.
        afterFrame.port1.onmessage = () => {
          const at = performance.now();
          const row = rowOf(text);
          if (row && isInSight(row)) {
            resolve({ at, text: row.textContent });
          } else if (row) {
            lookAfterFrame();
          }
        };
        const observer = new MutationObserver(() => {
          if (rowOf(text)) {
            observer.disconnect();
            lookAfterFrame();
          }
        });
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
      });
    }

    function rowOf(text: string): Element | undefined {
      return [...document.querySelectorAll("[role=log] article")].findLast((row) => row.textContent.includes(text));
    }

    function isInSight(row: Element): boolean {
      const list = row.closest("[role=log]")!.getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return top >= list.top && bottom <= list.bottom;
    }
  });
}
