import type { BrowserContext, Route, WebSocketRoute } from "@playwright/test";
import type { StoryTime } from "./story-time.ts";

const api = "**/api/v1/**";

const refuse = (route: Route) => route.abort("connectionrefused");

/** What lies between a browser and the server: it can be cut, or hold back what the browser sends. */
export class Wire {
  readonly #open = new Set<() => Promise<void>>();
  #isCut = false;
  #isHeld = false;

  /** What a restored session is made to say of itself. */
  #recovery: string | undefined;

  private constructor(
    private readonly context: BrowserContext,
    private readonly time: StoryTime | undefined,
  ) {}

  /** @param time gives everything that the server says the times of the story */
  static async lay(context: BrowserContext, time?: StoryTime): Promise<Wire> {
    const wire = new Wire(context, time);
    await context.routeWebSocket(/\/hubs\/chat/, (socket) => wire.#connect(socket));
    if (time) {
      await context.route(api, async (route) => {
        if (route.request().method() === "GET") {
          const response = await route.fetch();
          await route.fulfill({ response, body: time.retell(await response.text()) });
        } else {
          await route.fallback();
        }
      });
    }
    return wire;
  }

  /** Ends all connections and refuses new ones. */
  async cut(): Promise<void> {
    this.#isCut = true;
    // Only now: with its requests looked at, a browser keeps no files.
    await this.context.route(api, refuse);
    const closing = [...this.#open];
    this.#open.clear();
    await Promise.all(closing.map((close) => close()));
  }

  /** The server hears nothing more of what this browser sends. */
  hold(): void {
    this.#isHeld = true;
  }

  /** @param recovery what the next restored session says of itself; the truth, unless named */
  async mend(recovery?: "checkpoint"): Promise<void> {
    await this.context.unroute(api, refuse);
    this.#isCut = false;
    this.#isHeld = false;
    this.#recovery = recovery;
  }

  #connect(socket: WebSocketRoute): void {
    if (this.#isCut) {
      void socket.close();
      return;
    }

    const server = socket.connectToServer();
    const close = async () => {
      await Promise.all([socket.close(), server.close()]);
    };
    this.#open.add(close);
    socket.onMessage((message) => this.#isHeld || server.send(message));
    server.onMessage((message) => socket.send(typeof message === "string" ? this.#alter(message) : message));
    const over = () => {
      this.#open.delete(close);
      void close();
    };
    socket.onClose(over);
    server.onClose(over);
  }

  #alter(message: string): string {
    const told = this.time ? this.time.retell(message) : message;
    return this.#recovery === undefined ? told : told.replace('"recovery":"live"', `"recovery":"${this.#recovery}"`);
  }
}
