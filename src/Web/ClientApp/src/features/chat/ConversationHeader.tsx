import { MoreOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tag, type MenuProps } from "antd";
import { useT, type MessageKey } from "../../app/i18n";
import { openDialog } from "../../app/dialogs";
import { PageHeader } from "../../app/page-header";
import type { ParticipantRole, WorkflowStatus } from "../../lib/index";
import styles from "./chat.module.css";
import type { ConversationStore } from "./conversation-store";
import { PersonAvatar } from "./PersonAvatar";
import { useConversation } from "./use-conversation";

export const statusTexts: Readonly<Record<WorkflowStatus, MessageKey>> = {
  active: "chat.status.active",
  paused: "chat.status.paused",
  completed: "chat.status.completed",
  cancelled: "chat.status.cancelled",
};

interface ConversationHeaderProps {
  readonly store: ConversationStore;
  readonly onStatus: (status: WorkflowStatus) => void;
  readonly onLeave: () => void;
}

/** Faces in the header; of more people only the number is shown. */
const FACES = 4;

/** The workflow's title, how it stands, who is here, and what can be done about it. */
export function ConversationHeader({ store, onStatus, onLeave }: ConversationHeaderProps) {
  const t = useT();
  const conversation = useConversation(store, (state) => state.conversation);
  const role = useConversation(store, (state) => state.role);
  if (!conversation) {
    return <PageHeader title={t("chat.opening")} />;
  }

  const { workflowId, title, status } = conversation;
  const chosen: MenuProps["onClick"] = ({ key }) => {
    switch (key) {
      case "rename":
        openDialog({ kind: "renameWorkflow", workflowId });
        break;
      case "people":
        openDialog({ kind: "people", workflowId });
        break;
      case "leave":
        onLeave();
        break;
      default:
        onStatus(key as WorkflowStatus);
    }
  };
  return (
    <PageHeader
      documentTitle={title}
      title={
        <span className={styles.title}>
          <span className={styles.titleText}>{title}</span>
          {status !== "active" && <Tag>{t(statusTexts[status])}</Tag>}
        </span>
      }
      actions={
        <>
          <WhoIsHere store={store} />
          <Dropdown trigger={["click"]} menu={{ items: itemsFor(role, status, t), onClick: chosen }}>
            <Button type="text" icon={<MoreOutlined />} aria-label={t("chat.workflowActions")} />
          </Dropdown>
        </>
      }
    />
  );
}

function WhoIsHere({ store }: { readonly store: ConversationStore }) {
  const t = useT();
  const participants = useConversation(store, (state) => state.conversation?.participants) ?? [];
  const online = useConversation(store, (state) => state.online);
  const here = participants.filter(({ userId }) => online.has(userId));
  const faces = [...here, ...participants.filter(({ userId }) => !online.has(userId))].slice(0, FACES);
  const label = t("chat.people", { count: participants.length, here: here.length });
  return (
    <Button
      type="text"
      className={styles.people!}
      aria-label={label}
      title={here.length > 0 ? t("chat.hereNow", { names: here.map(({ name }) => name).join(", ") }) : label}
      onClick={() => openDialog({ kind: "people", workflowId: store.workflowId })}
    >
      {faces.map(({ userId, name }) => (
        <PersonAvatar key={userId} userId={userId} name={name} online={online.has(userId)} />
      ))}
      {participants.length > FACES && <span className={styles.more}>+{participants.length - FACES}</span>}
    </Button>
  );
}

function itemsFor(role: ParticipantRole | undefined, status: WorkflowStatus, t: ReturnType<typeof useT>): NonNullable<MenuProps["items"]> {
  const isOpen = status === "active" || status === "paused";
  const ofOwners: NonNullable<MenuProps["items"]> = [
    { key: "rename", label: t("chat.rename") },
    ...(status === "active" ? [{ key: "paused", label: t("chat.pause") }] : []),
    ...(status === "paused" ? [{ key: "active", label: t("chat.resume") }] : []),
    ...(isOpen ? [{ key: "completed", label: t("chat.complete") }, { key: "cancelled", label: t("chat.cancelWorkflow") }] : []),
    { type: "divider" },
  ];
  return [{ key: "people", label: t("chat.showPeople") }, ...(role === "owner" ? ofOwners : []), { key: "leave", label: t("chat.leave"), danger: true }];
}
