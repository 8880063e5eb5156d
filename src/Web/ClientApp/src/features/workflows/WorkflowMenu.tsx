import {
  CheckCircleOutlined,
  CloseCircleOutlined,
  EditOutlined,
  LogoutOutlined,
  MoreOutlined,
  PauseCircleOutlined,
  PlayCircleOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { Button, Dropdown, Tooltip, type MenuProps } from "antd";
import { openDialog } from "../../app/dialogs";
import { useT } from "../../app/i18n";
import type { Workflow } from "../../app/listed-workflow";
import { useWorkflows } from "../../app/workflow-feed";
import { useWorkflowCommands } from "./use-workflow-commands";
import styles from "./WorkflowMenu.module.css";

/** For the header of a workflow's page: its people, and what can be done with it. */
export function WorkflowMenu({ workflowId }: { workflowId: string }) {
  const workflow = useWorkflows().data?.find(({ id }) => id === workflowId);
  return workflow ? <Actions workflow={workflow} /> : null;
}

function Actions({ workflow }: { workflow: Workflow }) {
  const t = useT();
  const commands = useWorkflowCommands(workflow);
  const { id, personal, status, role, participants } = workflow;
  const isOwner = role === "owner";
  const isOpen = status === "active" || status === "paused";
  const items: NonNullable<MenuProps["items"]> = [];
  if (isOwner) {
    items.push({ key: "rename", icon: <EditOutlined aria-hidden />, label: t("workflows.rename"), onClick: () => openDialog({ kind: "renameWorkflow", workflowId: id }) });
  }

  if (isOwner && isOpen && !personal) {
    items.push(
      status === "active"
        ? { key: "pause", icon: <PauseCircleOutlined aria-hidden />, label: t("workflows.pause"), onClick: () => void commands.pause() }
        : { key: "resume", icon: <PlayCircleOutlined aria-hidden />, label: t("workflows.resume"), onClick: () => void commands.resume() },
      { key: "complete", icon: <CheckCircleOutlined aria-hidden />, label: t("workflows.complete"), onClick: commands.complete },
      { key: "cancel", icon: <CloseCircleOutlined aria-hidden />, label: t("workflows.cancel"), danger: true, onClick: commands.cancel },
    );
  }

  if (!personal) {
    items.push({ type: "divider" }, { key: "leave", icon: <LogoutOutlined aria-hidden />, label: t("workflows.leave"), danger: true, onClick: commands.leave });
  }

  return (
    <div className={styles.actions}>
      {!personal && (
        <Tooltip title={t("workflows.people")}>
          <Button
            type="text"
            className={styles.button}
            icon={<TeamOutlined />}
            aria-label={`${t("workflows.people")}, ${t("workflows.peopleCount", { count: participants.length })}`}
            onClick={() => openDialog({ kind: "people", workflowId: id })}
          >
            {participants.length}
          </Button>
        </Tooltip>
      )}
      {items.length > 0 && (
        <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight" getPopupContainer={(button) => button.parentElement ?? document.body}>
          <Button type="text" className={styles.button} icon={<MoreOutlined />} aria-label={t("workflows.actions")} aria-haspopup="menu" />
        </Dropdown>
      )}
    </div>
  );
}
