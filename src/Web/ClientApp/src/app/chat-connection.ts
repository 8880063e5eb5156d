import { useMemo } from "react";
import { ChatClient, IndexedDbOutboxStore, type ChatClientOptions, type ConnectionState, type EndReason, type OutgoingMessage } from "../lib/index";
import { authStore, useAuth } from "./auth-store";
import { noteRead } from "./read-marks";
import { Store, useStore } from "./store";

/** The signed-in user's client; what they have read is noted for the workflow list, too. */
class AppChatClient extends ChatClient {
  readonly #userId: string;

  constructor(options: ChatClientOptions) {
    super(options);
    this.#userId = options.userId;
  }

  override markRead(workflowId: string, sequence: number): void {
    super.markRead(workflowId, sequence);
    noteRead(this.#userId, workflowId, sequence);
  }
}

const outboxStore = new IndexedDbOutboxStore();
const connection = new Store<ConnectionState>({ status: "idle" });
const outbox = new Store<readonly OutgoingMessage[]>([]);

type OnEnd = (reason: EndReason, client: ChatClient, sessionId: string | undefined) => void;

interface Current {
  readonly userId: string;
  readonly client: ChatClient;
  readonly close: () => void;
}

let current: Current | undefined;

/** The signed-in user's one client. */
export function chat(): ChatClient {
  if (!current) {
    throw new Error("Nobody is signed in.");
  }

  return current.client;
}

/** How the connection stands; `idle` while nobody is signed in. */
export function useConnection(): ConnectionState {
  return useStore(connection);
}

/** This tab's session, also while the connection is lost; undefined before there is one. */
export function useSessionId(): string | undefined {
  const { user } = useAuth();
  const state = useConnection();
  if (state.status === "connected") {
    return state.sessionId;
  }

  return (user && sessionStorage.getItem(sessionKeyOf(user.id))) ?? undefined;
}

/** The same as {@link useConnection}, outside components. */
export const connectionState = connection;

/** The user's messages on their way to this workflow, in the order of sending. */
export function useOutbox(workflowId: string): readonly OutgoingMessage[] {
  const all = useStore(outbox);
  return useMemo(() => all.filter((message) => message.workflowId === workflowId), [all, workflowId]);
}

/**
 * Keeps a client for as long as somebody is signed in. Call once.
 * @param onEnd what to do when a session has ended
 */
export function connectWhenSignedIn(onEnd: OnEnd): void {
  const follow = () => {
    const { user } = authStore.get();
    if (user?.id !== current?.userId) {
      current?.close();
      current = user && open(user.id, onEnd);
      if (!current) {
        connection.set({ status: "idle" });
        outbox.set([]);
      }
    }
  };
  authStore.subscribe(follow);
  follow();
}

function open(userId: string, onEnd: OnEnd): Current {
  const client = new AppChatClient({
    server: "",
    userId,
    // The sign-in may be renewed under the same user, by signing in again.
    tokens: { get: (stale) => authStore.tokens?.get(stale) ?? Promise.reject(new Error("Nobody is signed in.")) },
    outboxStore,
  });
  const sessionKey = sessionKeyOf(userId);
  const followConnection = () => {
    const state = client.connection.get();
    connection.set(state);
    if (state.status === "connected") {
      sessionStorage.setItem(sessionKey, state.sessionId);
    } else if (state.status === "ended") {
      const sessionId = sessionStorage.getItem(sessionKey) ?? undefined;
      sessionStorage.removeItem(sessionKey);
      onEnd(state.reason, client, sessionId);
    }
  };
  const followOutbox = () => outbox.set(client.outbox.get());
  const unsubscribes = [client.connection.subscribe(followConnection), client.outbox.subscribe(followOutbox)];
  client.start(sessionStorage.getItem(sessionKey) ?? undefined);
  return {
    userId,
    client,
    close: () => {
      unsubscribes.forEach((unsubscribe) => unsubscribe());
      void client.stop();
    },
  };
}

/** Where the tab keeps the session's id, to come back with. */
function sessionKeyOf(userId: string): string {
  return `bmadserver.session.${userId}`;
}
