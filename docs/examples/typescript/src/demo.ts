/**
 * Two people in one workflow; one of them loses the network for a while.
 *
 *   npm ci && npm run build && npm run demo -- http://localhost:5080
 *
 * The address of the server is optional. The demonstration registers two users of its own.
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { ChatClient, type ChatHandlers } from "./chat-client.js";
import { SignIn, register } from "./sign-in.js";
import type { WorkflowEvent } from "./wire.js";

const server = process.argv[2] ?? "http://localhost:5080";
const password = "correct horse battery";

/** A network cable: a port that passes everything on to the server, until it is pulled out. */
class Cable {
  readonly #sockets = new Set<Socket>();
  #isIn = true;

  readonly #relay = createServer((client) => {
    const { hostname, port } = new URL(server);
    const upstream = this.#isIn ? connect(Number(port || 80), hostname) : undefined;
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

async function newUser(name: string) {
  const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.com`;
  await register(server, email, password, name);
  return { email, signIn: await SignIn.withPassword(server, email, password) };
}

/** Prints what happens to one user, and lets the script wait for it. */
class Screen implements ChatHandlers {
  readonly #name: string;
  readonly #lines: string[] = [];
  #changed = () => {};

  constructor(name: string) {
    this.#name = name;
  }

  onEvent(event: WorkflowEvent): void {
    this.print(`#${event.sequence} ${event.actor.name}: ${event.kind === "messagePosted" ? event.content : event.kind}`);
  }

  onSession(session: { recovery?: string }): void {
    this.print(`connected, session ${session.recovery ?? "started"}`);
  }

  onDrop(): void {
    this.print("connection lost, coming back");
  }

  print(line: string): void {
    this.#lines.push(line);
    console.log(`${this.#name.padEnd(6)}| ${line}`);
    this.#changed();
  }

  async shows(text: string): Promise<void> {
    while (!this.#lines.some((line) => line.includes(text))) {
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}

const cable = new Cable();
const [sarah, marco] = [await newUser("Sarah"), await newUser("Marco")];
const workflow = await sarah.signIn.call<{ id: string }>("POST", "/api/v1/workflows", { title: "Plan the mobile app" });
await sarah.signIn.call("POST", `/api/v1/workflows/${workflow.id}/participants`, { email: marco.email, role: "contributor" });

const [sarahsScreen, marcosScreen] = [new Screen("Sarah"), new Screen("Marco")];
const sarahsClient = new ChatClient(server, sarah.signIn, sarahsScreen);
const marcosClient = new ChatClient(await cable.lay(), marco.signIn, marcosScreen);
await Promise.all([sarahsClient.start(), marcosClient.start()]);
await Promise.all([sarahsClient.join(workflow.id), marcosClient.join(workflow.id)]);

const ack = await sarahsClient.send(workflow.id, "Who are our first users?");
sarahsScreen.print(`acknowledged as #${ack.sequence}, received ${ack.receivedAt}, committed ${ack.committedAt}`);
await marcosScreen.shows("Who are our first users?");

console.log("------| Marco's cable is pulled out");
cable.pullOut();
await marcosScreen.shows("connection lost");
const answer = marcosClient.send(workflow.id, "Small teams. (Written offline.)");
await sarahsClient.send(workflow.id, "Marco?");
await sarahsClient.send(workflow.id, "Let us say: small teams.");

console.log("------| and plugged in again");
cable.plugIn();
marcosScreen.print(`acknowledged as #${(await answer).sequence}`);
await Promise.all([marcosScreen.shows("(Written offline.)"), sarahsScreen.shows("(Written offline.)")]);
await marcosScreen.shows("Let us say: small teams.");

await Promise.all([sarahsClient.stop(), marcosClient.stop()]);
cable.remove();
