import { useCallback, useState } from "react";
import { useNavigate } from "react-router";
import { problemOf } from "../../api/problem";
import { useT } from "../../app/i18n";
import { forgetWorkflow } from "../../app/last-workflow";
import { addParticipant, leave, setStatus } from "../../app/workflow-actions";
import type { WorkflowStatus } from "../../lib/index";
import { statusTexts } from "./ConversationHeader";
import type { Command } from "./commands";
import type { ConversationStore } from "./conversation-store";
import { reasonOf } from "./failure-text";

/** What the app has to say about a command, for this user only. */
export interface Note {
  readonly type: "info" | "success" | "error";
  readonly text: string;
}

export type CommandDialog = "help" | "leave";

/** What commands do. */
export function useCommands(store: ConversationStore, userId: string) {
  const t = useT();
  const navigate = useNavigate();
  const [note, setNote] = useState<Note>();
  const [dialog, setDialog] = useState<CommandDialog>();
  const { workflowId } = store;

  const attempt = useCallback(
    async (action: () => Promise<unknown>, success?: string) => {
      try {
        await action();
        setNote(success === undefined ? undefined : { type: "success", text: success });
      } catch (error) {
        setNote({ type: "error", text: t("chat.commandFailed", { reason: reasonOf(problemOf(error).code, t) }) });
      }
    },
    [t],
  );

  const changeStatus = useCallback((status: WorkflowStatus) => attempt(() => setStatus(workflowId, status)), [attempt, workflowId]);

  const leaveNow = useCallback(async () => {
    setDialog(undefined);
    await attempt(async () => {
      await leave(workflowId, userId);
      forgetWorkflow(workflowId);
      void navigate("/");
    });
  }, [attempt, workflowId, userId, navigate]);

  const run = useCallback(
    (command: Command) => {
      setNote(undefined);
      switch (command.name) {
        case "help":
        case "leave":
          setDialog(command.name);
          break;
        case "status":
          setNote({ type: "info", text: statusOf(store, t) });
          break;
        case "pause":
          void changeStatus("paused");
          break;
        case "resume":
          void changeStatus("active");
          break;
        case "invite":
          void attempt(() => addParticipant(workflowId, command.email, command.role), t("chat.invited", { email: command.email }));
          break;
      }
    },
    [store, t, attempt, changeStatus, workflowId],
  );

  return { note, setNote, dialog, setDialog, run, leaveNow };
}

function statusOf(store: ConversationStore, t: ReturnType<typeof useT>): string {
  const { conversation, online } = store.get();
  if (!conversation) {
    return t("chat.opening");
  }

  const { participants, status, lastSequence } = conversation;
  const here = participants.filter(({ userId }) => online.has(userId)).length;
  return t("chat.statusNote", { status: t(statusTexts[status]), people: t("chat.people", { count: participants.length, here }), sequence: lastSequence });
}
