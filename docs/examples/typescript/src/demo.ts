/**
 * Two people in one workflow; one of them loses the network for a while.
 *
 *   npm ci && npm run build && npm run demo -- http://localhost:5080
 *
 * The address of the server is optional. The demonstration registers two users of its own.
 */
import { ChatClient, SignIn, register, type ConnectionState, type WorkflowEvent } from "../../../../src/Web/ClientApp/src/lib/index.js";
import { Cable } from "./cable.js";

const server = process.argv[2] ?? "http://localhost:5080";
const password = "correct horse battery";

/** Prints what happens to one user, and lets the script wait for it. */
class Screen {
  readonly #name: string;
  readonly #lines: string[] = [];
  #changed = () => {};

  constructor(name: string) {
    this.#name = name;
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

async function newUser(name: string) {
  const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.com`;
  await register(server, email, password, name);
  return { email, signIn: await SignIn.withPassword(server, email, password) };
}

function textOf(state: ConnectionState): string {
  switch (state.status) {
    case "connected":
      return `connected, session ${state.recovery}`;
    case "ended":
      return `ended: ${state.reason}`;
    case "idle":
      return "stopped";
    default:
      return state.nextTryAt === null ? `${state.status}, try ${state.attempt}` : `waiting for try ${state.attempt}`;
  }
}

/** A client that shows its connection and everything that happens in the workflow. */
async function opened(name: string, address: string, signIn: SignIn, workflowId: string) {
  const screen = new Screen(name);
  const client = new ChatClient({ server: address, userId: signIn.user.id, tokens: signIn });
  client.connection.subscribe(() => screen.print(textOf(client.connection.get())));
  client.start();
  const stream = client.join(workflowId, {
    onSnapshot: ({ workflow, lastSequence }) => screen.print(`${workflow.title}, up to #${lastSequence}`),
    onEvents: (events) => events.forEach((event) => screen.print(lineOf(event))),
  });
  await stream.opened;
  return { client, screen };
}

function lineOf(event: WorkflowEvent): string {
  return `#${event.sequence} ${event.actor.name}: ${event.kind === "messagePosted" ? event.content : event.kind}`;
}

const [sarah, marco] = [await newUser("Sarah"), await newUser("Marco")];
const workflow = await sarah.signIn.call<{ id: string }>("POST", "/api/v1/workflows", { title: "Plan the mobile app" });
await sarah.signIn.call("POST", `/api/v1/workflows/${workflow.id}/participants`, { email: marco.email, role: "contributor" });

const cable = new Cable(server);
const [sarahs, marcos] = [
  await opened("Sarah", server, sarah.signIn, workflow.id),
  await opened("Marco", await cable.lay(), marco.signIn, workflow.id),
];

const ack = await sarahs.client.send(workflow.id, "Who are our first users?").acked;
sarahs.screen.print(`acknowledged as #${ack.sequence}, received ${ack.receivedAt}, committed ${ack.committedAt}`);
await marcos.screen.shows("Who are our first users?");

console.log("------| Marco's cable is pulled out");
cable.pullOut();
await marcos.screen.shows("reconnecting");
const answer = marcos.client.send(workflow.id, "Small teams. (Written offline.)");
await sarahs.client.send(workflow.id, "Marco?").acked;
await sarahs.client.send(workflow.id, "Let us say: small teams.").acked;

console.log("------| and plugged in again");
cable.plugIn();
marcos.screen.print(`acknowledged as #${(await answer.acked).sequence}`);
await Promise.all([marcos.screen.shows("(Written offline.)"), sarahs.screen.shows("(Written offline.)")]);
await marcos.screen.shows("Let us say: small teams.");

await Promise.all([sarahs.client.stop(), marcos.client.stop()]);
cable.remove();
