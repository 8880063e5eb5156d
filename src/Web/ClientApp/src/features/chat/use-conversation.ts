import { useEffect, useMemo, useSyncExternalStore } from "react";
import { dataOf } from "../../api/problem";
import { api, useAuth } from "../../app/auth-store";
import { chat } from "../../app/chat-connection";
import type { ChatClient, MessagePage } from "../../lib/index";
import { Conversations } from "./conversations";
import type { ConversationState, ConversationStore } from "./conversation-store";

const PAGE = 100;

const byClient = new WeakMap<ChatClient, Conversations>();

/** The signed-in user's store of this workflow, open as long as the component is there. */
export function useConversationStore(workflowId: string): ConversationStore {
  const userId = useAuth().user?.id ?? "";
  const conversations = useMemo(() => conversationsOf(chat(), userId), [userId]);
  useEffect(() => conversations.view(workflowId), [conversations, workflowId]);
  return conversations.get(workflowId);
}

/** Renders anew when this part of the state changes. @param part one of the state's own values, so that it is the same until it changes */
export function useConversation<T>(store: ConversationStore, part: (state: ConversationState) => T): T {
  return useSyncExternalStore(store.subscribe, () => part(store.get()));
}

function conversationsOf(client: ChatClient, userId: string): Conversations {
  let conversations = byClient.get(client);
  if (!conversations) {
    conversations = new Conversations(client, userId, loadMessages);
    byClient.set(client, conversations);
  }

  return conversations;
}

async function loadMessages(workflowId: string, before: number): Promise<MessagePage> {
  const query = { before, limit: PAGE };
  const page = await dataOf(api.GET("/api/v1/workflows/{id}/messages", { params: { path: { id: workflowId }, query } }));
  return page as MessagePage;
}
