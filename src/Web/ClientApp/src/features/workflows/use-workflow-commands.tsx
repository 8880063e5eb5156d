import { App } from "antd";
import { useNavigate } from "react-router";
import { useAuth } from "../../app/auth-store";
import { useT, type MessageKey } from "../../app/i18n";
import { problemText } from "../../app/i18n/problem-text";
import { forgetWorkflow } from "../../app/last-workflow";
import { leave, removeParticipant, setStatus } from "../../app/workflow-actions";
import type { Workflow } from "../../app/listed-workflow";

/** What can be done with a workflow, with the questions that come before and what is said after a refusal. */
export function useWorkflowCommands({ id, title }: Pick<Workflow, "id" | "title">) {
  const t = useT();
  const navigate = useNavigate();
  const { user } = useAuth();
  const { modal, message } = App.useApp();

  const attempt = async (change: () => Promise<void>) => {
    try {
      await change();
    } catch (error) {
      message.error(problemText(t, error));
    }
  };

  const ask = (question: MessageKey, text: MessageKey, yes: MessageKey, params: Record<string, string>, change: () => Promise<void>) =>
    void modal.confirm({
      title: t(question, params),
      content: t(text, params),
      okText: t(yes),
      okButtonProps: { danger: true, type: "default" },
      cancelText: t("workflows.keep"),
      focusable: { autoFocusButton: "cancel" },
      onOk: () => attempt(change),
    });

  return {
    pause: () => attempt(() => setStatus(id, "paused")),
    resume: () => attempt(() => setStatus(id, "active")),
    complete: () =>
      ask("workflows.confirmComplete", "workflows.confirmCompleteText", "workflows.complete", { title }, () => setStatus(id, "completed")),
    cancel: () => ask("workflows.confirmCancel", "workflows.confirmCancelText", "workflows.cancel", { title }, () => setStatus(id, "cancelled")),
    leave: () =>
      ask("workflows.confirmLeave", "workflows.confirmLeaveText", "workflows.leave", { title }, async () => {
        await leave(id, user?.id ?? "");
        forgetWorkflow(id);
        await navigate("/");
      }),
    remove: (userId: string, name: string) =>
      ask("workflows.confirmRemove", "workflows.confirmRemoveText", "workflows.remove", { name }, () => removeParticipant(id, userId)),
  };
}
