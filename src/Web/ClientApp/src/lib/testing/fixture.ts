import { ChatClient } from "../chat-client.js";
import type { OutboxStore } from "../outbox-store.js";
import type { Refusal } from "../refusal.js";
import type { PresenceChanged, TypingChanged, WorkflowEvent, WorkflowSnapshot } from "../wire.js";
import type { WorkflowObserver } from "../workflow-stream.js";
import { FakeEnvironment, settle } from "./fake-environment.js";
import { FakeServer } from "./fake-server.js";
import { FakeTokens } from "./fake-tokens.js";

/** What an observer was told. */
export class Watcher implements WorkflowObserver {
  readonly sequences: number[] = [];
  readonly batches: number[] = [];
  readonly snapshots: WorkflowSnapshot[] = [];
  readonly refusals: string[] = [];
  readonly typings: TypingChanged[] = [];
  readonly presences: (PresenceChanged | readonly string[])[] = [];

  onSnapshot = (snapshot: WorkflowSnapshot) => void this.snapshots.push(snapshot);

  onEvents = (events: readonly WorkflowEvent[]) => {
    this.batches.push(events.length);
    this.sequences.push(...events.map((event) => event.sequence));
  };

  onRefused = (refusal: Refusal) => void this.refusals.push(refusal.code);
  onTyping = (typing: TypingChanged) => void this.typings.push(typing);
  onPresence = (presence: PresenceChanged) => void this.presences.push(presence);
  onPresenceReset = (online: readonly string[]) => void this.presences.push(online);
}

/** One client of one fake server. */
export function fixture(options: { server?: FakeServer; environment?: FakeEnvironment; outboxStore?: OutboxStore; userId?: string } = {}) {
  const environment = options.environment ?? new FakeEnvironment();
  const server = options.server ?? new FakeServer();
  const tokens = new FakeTokens(environment);
  tokens.userId = options.userId ?? "marco";
  const client = new ChatClient({
    server: "http://server",
    userId: tokens.userId,
    tokens,
    environment,
    openSocket: server.open,
    ...(options.outboxStore ? { outboxStore: options.outboxStore } : {}),
  });
  return { environment, server, tokens, client };
}

export async function connected(options: Parameters<typeof fixture>[0] = {}) {
  const made = fixture(options);
  made.client.start();
  await settle();
  return made;
}

/** Numbers from the first to the last. */
export const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
