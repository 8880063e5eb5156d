import type { BrowserContext } from "@playwright/test";

/** What the browser itself writes when it does not reach the server, or is refused; tests see to it that this happens. */
const network = /^(Failed to load resource|WebSocket connection to)/;

/** What browsers have to complain about: refusals by the Content-Security-Policy, and errors, caught by somebody or not. */
export class Complaints {
  readonly #lines: string[] = [];

  listenTo(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error" && !network.test(message.text())) {
        this.#lines.push(message.text());
      }
    });
    context.on("weberror", (error) => this.#lines.push(String(error.error().stack ?? error.error())));
  }

  /** All that came up since it was last asked. */
  take(): readonly string[] {
    return this.#lines.splice(0);
  }
}
