import type { BrowserContext } from "@playwright/test";

/** What a browser has to complain about: refusals by the Content-Security-Policy, and errors that nothing caught. */
export class Complaints {
  readonly #lines: string[] = [];

  listenTo(context: BrowserContext): void {
    context.on("console", (message) => {
      if (/content.security.policy/i.test(message.text())) {
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
