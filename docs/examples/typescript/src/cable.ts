import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A network cable: a port that passes everything on to the server, until it is pulled out. */
export class Cable {
  readonly #sockets = new Set<Socket>();
  readonly #server: URL;
  #isIn = true;

  readonly #relay = createServer((client) => {
    const upstream = this.#isIn ? connect(Number(this.#server.port || 80), this.#server.hostname) : undefined;
    for (const socket of upstream ? [client, upstream] : [client]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        upstream?.destroy();
      });
    }

    if (upstream) {
      client.pipe(upstream).pipe(client);
    } else {
      client.destroy();
    }
  });

  constructor(server: string) {
    this.#server = new URL(server);
  }

  /** @returns the address of its other end */
  async lay(): Promise<string> {
    this.#relay.listen(0, "127.0.0.1");
    await once(this.#relay, "listening");
    return `http://127.0.0.1:${(this.#relay.address() as AddressInfo).port}`;
  }

  pullOut(): void {
    this.#isIn = false;
    this.#sockets.forEach((socket) => socket.destroy());
  }

  plugIn(): void {
    this.#isIn = true;
  }

  remove(): void {
    this.pullOut();
    this.#relay.close();
  }
}
