export { ChatClient, Stopped, type ChatClientOptions } from "./chat-client.js";
export type { ConnectionState, EndReason } from "./connection.js";
export {
  applyEvent,
  applyEvents,
  beforeFirstEvent,
  fromSnapshot,
  withOlderMessages,
  type Conversation,
  type MessageChange,
} from "./conversation.js";
export { systemEnvironment, type Environment } from "./environment.js";
export { CallAbandoned } from "./hub-link.js";
export type { HubSocket, HubSocketFactory } from "./hub-socket.js";
export { IndexedDbOutboxStore } from "./indexeddb-outbox-store.js";
export type { Observable } from "./observable.js";
export { Discarded, type OutgoingMessage, type Sending } from "./outbox.js";
export { MemoryOutboxStore, type OutboxStore, type StoredMessage } from "./outbox-store.js";
export { Refusal } from "./refusal.js";
export { SignIn, register, type User } from "./sign-in.js";
export type { AccessToken, TokenSource } from "./tokens.js";
export type * from "./wire.js";
export type { WorkflowObserver, WorkflowStream } from "./workflow-stream.js";
