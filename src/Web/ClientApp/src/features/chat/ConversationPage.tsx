import { Alert, Button, Modal, Spin } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useAuth } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { announce } from "../../app/live-region";
import { PageHeader } from "../../app/page-header";
import { useStore } from "../../app/store";
import { useIsConnected } from "../../app/use-is-connected";
import { useWorkflows } from "../../app/workflow-feed";
import styles from "./chat.module.css";
import { Composer, type ComposerHandle } from "./Composer";
import { ConversationHeader } from "./ConversationHeader";
import type { ConversationStore } from "./conversation-store";
import { copyText } from "./copy-text";
import { loadDraft, saveDraft } from "./drafts";
import { EmptyConversation } from "./EmptyConversation";
import { excerptOf } from "./excerpt";
import { reasonOf } from "./failure-text";
import { HelpDialog } from "./HelpDialog";
import { markdown } from "./markdown/loader";
import { MessageList, type MessageListHandle } from "./MessageList";
import { mayWrite, type RowActions } from "./row-actions";
import { TypingIndicator } from "./TypingIndicator";
import { UnsentMessages } from "./UnsentMessages";
import { useColours } from "./use-colours";
import { useCommands } from "./use-commands";
import { useConversation, useConversationStore } from "./use-conversation";

/** The page of one workflow. */
export default function ConversationPage() {
  const { workflowId = "" } = useParams();
  return <Conversation key={workflowId} workflowId={workflowId} />;
}

function Conversation({ workflowId }: { readonly workflowId: string }) {
  const t = useT();
  const navigate = useNavigate();
  const userId = useAuth().user?.id ?? "";
  const store = useConversationStore(workflowId);
  const phase = useConversation(store, (state) => state.phase);
  const refusal = useConversation(store, (state) => state.refusal);
  const isEmpty = useConversation(store, (state) => state.rows.length === 0);
  const role = useConversation(store, (state) => state.role);
  const status = useConversation(store, (state) => state.conversation?.status);
  const isMarkdownHere = useStore(markdown) !== undefined;
  const isConnected = useIsConnected();
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [editing, setEditing] = useState(() => loadDraft(userId, workflowId, "edit").messageId);
  const [replyTo, setReplyTo] = useState(() => loadDraft(userId, workflowId, "new").messageId);
  const [deleting, setDeleting] = useState<string>();
  const { note, setNote, dialog, setDialog, run, leaveNow } = useCommands(store, userId);

  useArrivalsAnnounced(store);
  useSecondChance(store);
  useEffect(() => {
    if (phase === "open" && window.matchMedia("(pointer: fine)").matches) {
      composer.current?.focus();
    }
  }, [phase]);

  const actions = useMemo<Omit<RowActions, "openMenu">>(() => {
    const endEdit = () => {
      saveDraft(userId, workflowId, "edit", { text: "" });
      setEditing(undefined);
      composer.current?.focus();
    };
    /** Does it, and catches the keyboard if what it was at is gone then. */
    const keepingFocus = (change: () => void) => {
      change();
      requestAnimationFrame(() => {
        if (document.activeElement === document.body && window.matchMedia("(pointer: fine)").matches) {
          composer.current?.focus();
        }
      });
    };
    return {
      reply: (messageId) => {
        setReplyTo(messageId);
        composer.current?.focus();
      },
      startEdit: (messageId) => {
        const begun = unsavedEdit(store, userId, messageId);
        if (begun === undefined) {
          setEditing(messageId);
        } else {
          setNote({ type: "error", text: t("chat.editFirst") });
          list.current?.reveal(begun);
        }
      },
      endEdit,
      saveEdit: (messageId, content) => {
        store.edit(messageId, content);
        endEdit();
      },
      askDelete: setDeleting,
      copy: (text) => void copyText(text, t),
      jump: (messageId) =>
        void store.find(messageId).then((key) => {
          if (key === undefined) {
            setNote({ type: "error", text: t("chat.notFound") });
          } else {
            // Its page may have been read a moment ago and not be in the list yet.
            requestAnimationFrame(() => list.current?.show(key));
          }
        }),
      retry: (clientMessageId) => keepingFocus(() => store.retry(clientMessageId)),
      discard: (clientMessageId) => keepingFocus(() => store.discard(clientMessageId)),
      retryChange: (messageId) => keepingFocus(() => store.retryChange(messageId)),
      dropChange: (messageId) => keepingFocus(() => store.dropChange(messageId)),
    };
  }, [store, userId, workflowId, t, setNote]);

  const editLast = useCallback(() => {
    const last = store.get().rows.findLast((row) => row.kind === "message" && row.isOwn && row.message.deletedAt === undefined);
    if (last?.kind === "message") {
      setEditing(last.message.messageId);
      list.current?.reveal(last.key);
    }
  }, [store]);

  const setTyping = useCallback((isTyping: boolean) => store.setTyping(isTyping), [store]);
  const style = useColours();

  if (phase === "refused") {
    return (
      <>
        <PageHeader title={t("chat.noWorkflow")} />
        <div className="splash">
          <p>{refusal === "workflow.not_found" ? t("chat.noWorkflowHint") : reasonOf(refusal, t)}</p>
          <Button type="primary" onClick={() => void navigate("/")}>
            {t("app.toStart")}
          </Button>
          <UnsentMessages workflowId={workflowId} />
        </div>
      </>
    );
  }

  const answered = replyTo === undefined ? undefined : store.message(replyTo);
  const isOpen = phase === "open" && isMarkdownHere;
  return (
    <section className={styles.page} style={style}>
      <ConversationHeader store={store} />
      {isOpen || (isMarkdownHere && !isEmpty) ? (
        <MessageList key={phase} ref={list} store={store} actions={actions} editing={editing} isConnected={isConnected} />
      ) : (
        <div className={styles.waiting}>
          <Spin description={t("chat.opening")} />
        </div>
      )}
      {isOpen && isEmpty && <EmptyConversation canWrite={mayWrite(role, status)} onOpener={(text) => composer.current?.begin(text)} />}
      <TypingIndicator store={store} />
      {note && (
        <Alert
          className={styles.note!}
          type={note.type}
          showIcon
          title={note.text}
          role={note.type === "error" ? "alert" : "status"}
          closable={{ onClose: () => setNote(undefined), "aria-label": t("chat.dismiss") }}
        />
      )}
      <Composer
        ref={composer}
        userId={userId}
        workflowId={workflowId}
        obstacle={isOpen && !mayWrite(role, status) ? t(role === "observer" ? "chat.observer" : "chat.closed") : undefined}
        reply={replyTo === undefined ? undefined : { messageId: replyTo, author: answered?.author.name, content: answered?.content }}
        onEndReply={() => setReplyTo(undefined)}
        onSend={(text) => {
          store.send(text, replyTo);
          setReplyTo(undefined);
        }}
        onCommand={run}
        onEditLast={editLast}
        setTyping={setTyping}
      />
      <HelpDialog open={dialog === "help"} onClose={() => setDialog(undefined)} />
      <Modal
        open={dialog === "leave"}
        title={t("chat.leaveTitle")}
        okText={t("chat.leave")}
        okButtonProps={{ danger: true }}
        cancelText={t("chat.cancel")}
        onOk={() => void leaveNow()}
        onCancel={() => setDialog(undefined)}
      >
        {t("chat.leaveHint")}
      </Modal>
      <Modal
        open={deleting !== undefined}
        title={t("chat.deleteTitle")}
        okText={t("chat.delete")}
        okButtonProps={{ danger: true }}
        cancelText={t("chat.cancel")}
        onOk={() => {
          setDeleting(undefined);
          if (deleting !== undefined) {
            store.delete(deleting);
          }
        }}
        onCancel={() => setDeleting(undefined)}
      >
        {t("chat.deleteHint")}
      </Modal>
    </section>
  );
}

/** @returns the row's key of another message whose change was begun and not saved */
function unsavedEdit(store: ConversationStore, userId: string, messageId: string): string | undefined {
  const draft = loadDraft(userId, store.workflowId, "edit");
  if (draft.messageId === undefined || draft.messageId === messageId) {
    return undefined;
  }

  const begun = store.message(draft.messageId);
  return begun && begun.deletedAt === undefined && begun.content !== draft.text
    ? store.get().rows.find((row) => row.kind === "message" && row.message.messageId === begun.messageId)?.key
    : undefined;
}

/** Asks again for a workflow that was refused when the list of the user's workflows has it after all: they were added meanwhile. */
function useSecondChance(store: ConversationStore): void {
  const { data, dataUpdatedAt } = useWorkflows();
  const isListed = data?.some(({ id }) => id === store.workflowId) ?? false;
  useEffect(() => {
    if (isListed && store.get().phase === "refused") {
      store.open();
    }
  }, [store, isListed, dataUpdatedAt]);
}

/** Screen readers hear of new messages, one after the other. */
function useArrivalsAnnounced(store: ReturnType<typeof useConversationStore>): void {
  const t = useT();
  useEffect(
    () =>
      store.onArrival((messages) => {
        const last = messages.at(-1)!;
        announce(
          messages.length === 1
            ? t("chat.arrived", { name: last.author.name, text: excerptOf(last.content) })
            : t("chat.arrivedMany", { count: messages.length, name: last.author.name, text: excerptOf(last.content) }),
        );
      }),
    [store, t],
  );
}
