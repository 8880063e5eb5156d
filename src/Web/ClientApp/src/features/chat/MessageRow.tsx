import { CheckOutlined, ClockCircleOutlined, EllipsisOutlined, ExclamationCircleOutlined, LoadingOutlined } from "@ant-design/icons";
import { Bubble } from "@ant-design/x";
import { Button } from "antd";
import { memo, type KeyboardEvent, type ReactNode } from "react";
import { useLanguage, useT, type Translate } from "../../app/i18n";
import { useStore } from "../../app/store";
import { clockTime, fullTime } from "../../app/times";
import type { Message } from "../../lib/index";
import styles from "./chat.module.css";
import { dayName } from "./day-name";
import { excerptOf } from "./excerpt";
import { reasonOf } from "./failure-text";
import { hasMarkup } from "./markdown/guard";
import { markdown } from "./markdown/loader";
import { MessageEditor } from "./MessageEditor";
import type { PendingChange } from "./pending-changes";
import { PersonAvatar } from "./PersonAvatar";
import { perform, type RowAction, type RowActions } from "./row-actions";
import type { Row } from "./timeline";

interface MessageRowProps {
  readonly row: Row;
  readonly actions: RowActions;
  /** What the user may do about it. */
  readonly allowed: readonly RowAction[];
  /** Whether the line "new messages" stands above it. */
  readonly hasDivider: boolean;
  /** Whether the day stands above it, if it is the first of its day. */
  readonly showsDay: boolean;
  readonly isEditing: boolean;
  /** Whether the keyboard is at this row. */
  readonly isActive: boolean;
  readonly isHighlighted: boolean;
  /** Without a connection, what waits says so. */
  readonly isConnected: boolean;
  readonly change: PendingChange | undefined;
  /** The message answered: null when it is not loaded. */
  readonly quoted: Message | null | undefined;
}

/** One message, with the day and the unread line above it where they belong. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { row, actions, allowed, hasDivider, showsDay, isActive, isEditing, isHighlighted } = props;
  const t = useT();
  const language = useLanguage();
  const name = row.kind === "message" ? row.message.author.name : "";
  const who = row.isOwn ? t("chat.you") : name;
  const pressed = (event: KeyboardEvent<HTMLElement>) => {
    const action = event.target === event.currentTarget && !event.ctrlKey && !event.metaKey && !event.altKey ? keys[event.key] : undefined;
    if (action === "menu") {
      event.preventDefault();
      actions.openMenu(row.key, event.currentTarget.querySelector<HTMLElement>("[data-menu]") ?? event.currentTarget);
    } else if (action && allowed.includes(action)) {
      event.preventDefault();
      perform(action, row, actions);
    }
  };
  return (
    <>
      {showsDay && row.day !== undefined && <DayLine at={row.at} />}
      {hasDivider && (
        <div className={styles.divider} role="separator">
          <span>{t("chat.newMessages")}</span>
        </div>
      )}
      <article
        className={`${styles.row} ${row.isOwn ? styles.own : styles.others} ${row.startsGroup ? styles.startsGroup : ""} ${isHighlighted ? styles.highlighted : ""}`}
        data-key={row.key}
        tabIndex={isActive ? 0 : -1}
        aria-label={t("chat.messageOf", { name: who, time: fullTime(row.at, language) })}
        onKeyDown={pressed}
      >
        {isEditing && row.kind === "message" ? (
          <MessageEditor message={row.message} actions={actions} />
        ) : (
          <Bubble
            placement={row.isOwn ? "end" : "start"}
            variant="borderless"
            avatar={row.isOwn ? undefined : <span className={styles.avatarPlace}>{row.startsGroup && row.kind === "message" && <PersonAvatar userId={row.message.author.id} name={name} />}</span>}
            header={row.startsGroup && !row.isOwn ? <span className={styles.author}>{name}</span> : undefined}
            extra={allowed.length > 0 ? <MenuButton rowKey={row.key} actions={actions} isReachable={isActive} /> : undefined}
            classNames={{ root: styles.bubble!, body: styles.bubbleBody!, content: styles.bubbleContent! }}
            content={<Content {...props} t={t} />}
          />
        )}
      </article>
    </>
  );
});

/** While the keyboard is at a row. */
const keys: Readonly<Record<string, RowAction | "menu">> = { Enter: "menu", ContextMenu: "menu", r: "reply", c: "copy", e: "edit", Delete: "delete" };

function DayLine({ at }: { readonly at: number }) {
  const t = useT();
  const day = dayName(at, Date.now(), useLanguage());
  return (
    <div className={styles.day} role="separator">
      <span>{"key" in day ? t(day.key) : day.text}</span>
    </div>
  );
}

function MenuButton({ rowKey, actions, isReachable }: { readonly rowKey: string; readonly actions: RowActions; readonly isReachable: boolean }) {
  const t = useT();
  // Not antd's: every row has one, and scrolling fast makes many rows.
  return (
    <button
      type="button"
      className={styles.menuButton}
      data-menu
      tabIndex={isReachable ? 0 : -1}
      aria-label={t("chat.messageActions")}
      aria-haspopup="menu"
      onClick={(event) => actions.openMenu(rowKey, event.currentTarget)}
    >
      <EllipsisOutlined />
    </button>
  );
}

function Content({ row, actions, change, quoted, isConnected, t }: MessageRowProps & { readonly t: Translate }) {
  const language = useLanguage();
  const isDeleted = row.kind === "message" && row.message.deletedAt !== undefined;
  const written = row.kind === "message" ? row.message.content : row.outgoing.content;
  // Also when it was refused: it was typed, and would be gone otherwise.
  const text = change?.kind === "edit" ? (change.content ?? written) : written;
  const replyTo = row.kind === "message" ? row.message.replyTo : row.outgoing.replyTo;
  return (
    <>
      {replyTo !== undefined && !isDeleted && <Quote messageId={replyTo} quoted={quoted} actions={actions} />}
      {isDeleted ? (
        <span className={styles.tombstone}>{t("chat.deleted")}</span>
      ) : (
        <div className={change?.kind === "delete" ? styles.fading : undefined}>
          <MessageText text={text} />
        </div>
      )}
      <div className={styles.meta}>
        {row.kind === "message" && row.message.editedAt !== undefined && !isDeleted && (
          <span title={fullTime(Date.parse(row.message.editedAt), language)}>{t("chat.edited")}</span>
        )}
        <time dateTime={new Date(row.at).toISOString()}>
          <span>{clockTime(row.at, language)}</span>
          <span className={styles.fullTime}>{fullTime(row.at, language)}</span>
        </time>
        <Delivery row={row} change={change} isConnected={isConnected} t={t} />
      </div>
      {row.kind === "outgoing" && row.outgoing.state === "failed" && (
        <Failure
          text={t("chat.notSent", { reason: reasonOf(row.outgoing.failure?.code, t) })}
          onRetry={() => actions.retry(row.outgoing.clientMessageId)}
          onDiscard={() => actions.discard(row.outgoing.clientMessageId)}
        />
      )}
      {row.kind === "message" && change?.state === "failed" && (
        <Failure
          text={t(change.kind === "edit" ? "chat.notEdited" : "chat.notDeleted", { reason: reasonOf(change.code, t) })}
          onRetry={() => actions.retryChange(row.message.messageId)}
          onDiscard={() => actions.dropChange(row.message.messageId)}
        />
      )}
    </>
  );
}

/** Most messages are plain: they need no parser. */
function MessageText({ text }: { readonly text: string }) {
  const Markdown = useStore(markdown);
  return Markdown && hasMarkup(text) ? <Markdown text={text} /> : <div className={styles.plainText}>{text}</div>;
}

function Quote({ messageId, quoted, actions }: { readonly messageId: string; readonly quoted: Message | null | undefined; readonly actions: RowActions }) {
  const t = useT();
  return (
    <button type="button" className={styles.quote} onClick={() => actions.jump(messageId)}>
      <span className={styles.quoteAuthor}>{quoted ? quoted.author.name : t("chat.earlierMessage")}</span>
      {quoted && <span className={styles.quoteText}>{quoted.deletedAt === undefined ? excerptOf(quoted.content) : t("chat.deleted")}</span>}
    </button>
  );
}

function Delivery({ row, change, isConnected, t }: Pick<MessageRowProps, "row" | "change" | "isConnected"> & { readonly t: Translate }) {
  if (change?.state === "saving") {
    return <Mark icon={<LoadingOutlined />} text={t(change.kind === "edit" ? "chat.saving" : "chat.deleting")} isShown />;
  }

  if (!row.isOwn) {
    return null;
  }

  if (row.kind === "message") {
    return row.message.deletedAt === undefined ? <Mark icon={<CheckOutlined />} text={t("chat.sent")} /> : null;
  }

  switch (row.outgoing.state) {
    case "sent":
      return <Mark icon={<CheckOutlined />} text={t("chat.sent")} />;
    case "failed":
      return <Mark icon={<ExclamationCircleOutlined />} text={t("chat.failed")} isShown isBad />;
    default:
      return isConnected ? (
        <Mark icon={<LoadingOutlined />} text={t("chat.sending")} isShown />
      ) : (
        <Mark icon={<ClockCircleOutlined />} text={t(row.outgoing.isStored ? "chat.queued" : "chat.queuedHere")} isShown />
      );
  }
}

interface MarkProps {
  readonly icon: ReactNode;
  readonly text: string;
  /** Whether the text stands beside the icon, or only screen readers have it. */
  readonly isShown?: boolean;
  readonly isBad?: boolean;
}

function Mark({ icon, text, isShown = false, isBad = false }: MarkProps) {
  return (
    <span className={isBad ? styles.bad : undefined} title={text}>
      <span aria-hidden="true">{icon}</span> <span className={isShown ? undefined : "visually-hidden"}>{text}</span>
    </span>
  );
}

function Failure({ text, onRetry, onDiscard }: { readonly text: string; readonly onRetry: () => void; readonly onDiscard: () => void }) {
  const t = useT();
  return (
    <div className={styles.failure} role="alert">
      <span>{text}</span>
      <Button size="small" type="link" onClick={onRetry}>
        {t("chat.retry")}
      </Button>
      <Button size="small" type="link" onClick={onDiscard}>
        {t("chat.discard")}
      </Button>
    </div>
  );
}
