import { Tag } from "antd";
import { useT, type MessageKey } from "../../app/i18n";
import { PageHeader } from "../../app/page-header";
import type { WorkflowStatus } from "../../lib/index";
import styles from "./chat.module.css";
import type { ConversationStore } from "./conversation-store";
import { PersonAvatar } from "./PersonAvatar";
import { useColours } from "./use-colours";
import { useConversation } from "./use-conversation";

export const statusTexts: Readonly<Record<WorkflowStatus, MessageKey>> = {
  active: "chat.status.active",
  paused: "chat.status.paused",
  completed: "chat.status.completed",
  cancelled: "chat.status.cancelled",
};

/** Faces in the header; of more people only the number is shown. */
const FACES = 4;

/** The workflow's title, how it stands and who is here. What can be done about it is in the shell's menu beside it. */
export function ConversationHeader({ store }: { readonly store: ConversationStore }) {
  const t = useT();
  const conversation = useConversation(store, (state) => state.conversation);
  if (!conversation) {
    return <PageHeader title={t("chat.opening")} />;
  }

  const { title, status } = conversation;
  return (
    <PageHeader
      documentTitle={title}
      title={
        <span className={styles.title}>
          <span className={styles.titleText}>{title}</span>
          {status !== "active" && <Tag>{t(statusTexts[status])}</Tag>}
        </span>
      }
      actions={<WhoIsHere store={store} />}
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
    <span className={styles.people} style={useColours()} role="img" aria-label={label} title={here.length > 0 ? t("chat.hereNow", { names: here.map(({ name }) => name).join(", ") }) : label}>
      {faces.map(({ userId, name }) => (
        <PersonAvatar key={userId} userId={userId} name={name} online={online.has(userId)} />
      ))}
      {participants.length > FACES && <span className={styles.more}>+{participants.length - FACES}</span>}
    </span>
  );
}
