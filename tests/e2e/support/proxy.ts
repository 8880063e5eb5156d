import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { freePort } from "./ports.ts";

/**
 * The network between a browser and the server, which a test can cut: `setOffline` of a browser leaves WebSockets alone that
 * are open. One that uses it opens pages at its `url`; the sign-in of the server's own address holds there too.
 */
export class Proxy {
  readonly #target: number;
  readonly #port: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #listener: Server | undefined;

  private constructor(target: number, port: number) {
    this.#target = target;
    this.#port = port;
  }

  static async startNew(target: number): Promise<Proxy> {
    const proxy = new Proxy(target, await freePort());
    await proxy.restore();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections break, and no new ones can be made. */
  async cut(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = listener && once(listener, "close");
    listener?.close();
    this.#pairs.forEach((pair) => pair.forEach((socket) => socket.resetAndDestroy()));
    await closed;
  }

  /** After a cut. */
  async restore(): Promise<void> {
    const listener = createServer((client) => this.#join(client));
    listener.listen(this.#port, "127.0.0.1");
    await once(listener, "listening");
    this.#listener = listener;
  }

  /** From now on the connections that there are carry what the browser says, and nothing of what the server says. */
  loseAnswers(): void {
    this.#pairs.forEach(([client, server]) => {
      server.unpipe(client);
      server.resume();
    });
  }

  async dispose(): Promise<void> {
    await this.cut();
  }

  #join(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const [one, other] of [pair, [server, client] as const]) {
      one.pipe(other);
      // A broken connection breaks the other half, too.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#pairs.delete(pair);
        other.destroySoon();
      });
    }
  }
}
