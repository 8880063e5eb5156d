// Lets a test use the TypeScript client library: a call a line comes in, and whatever happens goes out, a line each.
//   in:  {"id":1,"call":"join","args":["…"]}
//   out: {"id":1,"result":…}  {"id":1,"error":{"code":…,"message":…}}  {"event":…}  {"session":…}  {"drop":true}  {"end":"…"}
//        {"renewed":"…"}  {"kept":"…"}
// It runs what the TypeScript example compiles.
import { createInterface } from "node:readline";
import {
  ChatClient,
  SignIn,
  applyEvents,
  beforeFirstEvent,
  fromSnapshot,
  withOlderMessages,
} from "../../../../docs/examples/typescript/dist/src/Web/ClientApp/src/lib/index.js";
import { signalRSocket } from "../../../../docs/examples/typescript/dist/src/Web/ClientApp/src/lib/hub-socket.js";

const [server, email, password] = process.argv.slice(2);
const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const signIn = await SignIn.withPassword(server, email, password);
let lifetime;
let isRenewing = true;

const tokens = {
  /** As the sign-in gives them, except that a test can have them run out sooner, and keep the client from renewing. */
  async get(stale) {
    if (stale !== undefined && !isRenewing) {
      write({ kept: stale });
      throw new Error("No renewal now.");
    }

    const token = await signIn.get(stale);
    return lifetime === undefined ? token : { ...token, expiresAt: Date.now() + lifetime };
  },
};

/** Tells of each token that the server has taken on an open connection. */
function openSocket(url, token) {
  const socket = signalRSocket(url, token);
  return {
    ...socket,
    async invoke(method, ...args) {
      const answer = await socket.invoke(method, ...args);
      if (method === "RefreshToken") {
        write({ renewed: answer.expiresAt });
      }

      return answer;
    },
  };
}

const client = new ChatClient({ server, userId: signIn.user.id, tokens, openSocket });
const streams = new Map();
const conversations = new Map();

let wasConnected = false;
client.connection.subscribe(() => {
  const state = client.connection.get();
  if (state.status === "connected") {
    write({ session: { id: state.sessionId, recovery: state.recovery } });
  } else if (state.status === "ended") {
    write({ end: state.reason });
  } else if (wasConnected) {
    write({ drop: true });
  }

  wasConnected = state.status === "connected";
});

const calls = {
  start: async (sessionId) => client.start(sessionId),
  stop: () => client.stop(),
  send: (workflowId, content) => client.send(workflowId, content).acked,
  edit: (workflowId, messageId, content) => client.editMessage(workflowId, messageId, content),
  delete: (workflowId, messageId) => client.deleteMessage(workflowId, messageId),

  /** Has tokens run out after so many milliseconds, as far as the client knows. */
  lifetime: async (milliseconds) => void (lifetime = milliseconds),
  renewing: async (value) => void (isRenewing = value),

  join(workflowId) {
    const stream = client.join(workflowId, {
      onSnapshot: (snapshot) => conversations.set(workflowId, fromSnapshot(snapshot)),
      onEvents(events) {
        conversations.set(workflowId, applyEvents(conversations.get(workflowId), events));
        events.forEach((event) => write({ event }));
      },
    });
    streams.set(workflowId, stream);
    return stream.opened;
  },

  leave: async (workflowId) => streams.get(workflowId).leave(),

  /** The conversation as held since `join`, as loaded fresh, and as made by the log from its first event. */
  async conversations(workflowId) {
    const fresh = new ChatClient({ server, userId: signIn.user.id, tokens: signIn });
    fresh.start();
    const snapshot = await fresh.join(workflowId, { onSnapshot() {}, onEvents() {} }).opened;
    await fresh.stop();
    let loaded = fromSnapshot(snapshot);
    while (loaded.hasOlderMessages) {
      const page = await signIn.call("GET", `/api/v1/workflows/${workflowId}/messages?before=${loaded.messages[0].sequence}`);
      loaded = withOlderMessages(loaded, page);
    }

    let applied = beforeFirstEvent(await signIn.call("GET", `/api/v1/workflows/${workflowId}`));
    for (let page; page?.hasMore ?? true; applied = applyEvents(applied, page.events)) {
      page = await signIn.call("GET", `/api/v1/workflows/${workflowId}/events?after=${applied.lastSequence}`);
    }

    return { held: conversations.get(workflowId), loaded, applied };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, call, args } = JSON.parse(line);
  Promise.resolve()
    .then(() => calls[call](...args))
    .then(
      (result) => write({ id, result: result ?? null }),
      (error) => write({ id, error: { code: error.code ?? null, message: error.message } }),
    );
}

process.exit();
