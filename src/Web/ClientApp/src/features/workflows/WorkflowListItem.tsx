import { CheckCircleOutlined, CloseCircleOutlined, PauseCircleOutlined, UserOutlined } from "@ant-design/icons";
import { memo } from "react";
import { NavLink } from "react-router";
import { initialsOf } from "../../app/initials";
import { useLanguage, useT } from "../../app/i18n";
import { fullTime, shortTime } from "../../app/times";
import type { ListedWorkflow } from "../../app/listed-workflow";
import { hueOf } from "../../app/hue";
import styles from "./WorkflowList.module.css";

interface WorkflowListItemProps {
  readonly workflow: ListedWorkflow;
  readonly userId: string;
}

/** More unread messages are not counted out. */
const SHOWN_UNREAD = 99;

/** One workflow in the list: its name, the newest message, what is unread, who is there. */
export const WorkflowListItem = memo(function WorkflowListItem({ workflow, userId }: WorkflowListItemProps) {
  const t = useT();
  const language = useLanguage();
  const { id, title, status, personal, activity, unread } = workflow;
  const others = [...(activity?.online ?? [])].filter((online) => online !== userId).length;
  const line = activity?.lastLine;
  const isMore = (activity?.hasMoreUnread ?? false) || unread > SHOWN_UNREAD;
  const count = Math.min(unread, SHOWN_UNREAD);
  return (
    <li>
      <NavLink to={`/w/${id}`} className={({ isActive }) => `${styles.item} ${isActive ? styles.chosen : ""} ${unread > 0 ? styles.isUnread : ""}`}>
        <span className={styles.picture} style={{ "--hue": hueOf(id) } as React.CSSProperties} aria-hidden>
          {personal ? <UserOutlined /> : initialsOf(title)}
          {others > 0 && <span className={styles.online} />}
        </span>
        <span className={styles.texts}>
          <span className={styles.first}>
            <span className={styles.title}>{title}</span>
            {line && (
              <time className={styles.time} dateTime={line.at} title={fullTime(Date.parse(line.at), language)}>
                {shortTime(Date.parse(line.at), language)}
              </time>
            )}
          </span>
          <span className={styles.second}>
            <StatusIcon status={status} />
            <span className={styles.line}>
              {line ? (
                <>
                  {/* Marks of the other writing direction in a name hold for the name. */}
                  {!personal && (
                    <>
                      <bdi>{line.authorId === userId ? t("workflows.you") : line.authorName}</bdi>:{" "}
                    </>
                  )}
                  {line.isDeleted ? <em>{t("workflows.deletedMessage")}</em> : plainOf(line.content)}
                </>
              ) : (
                activity && t("workflows.noMessages")
              )}
            </span>
            {unread > 0 && (
              <span className={styles.unread}>
                <span aria-hidden>{isMore ? `${count}+` : count}</span>
                <span className="visually-hidden">{t(isMore ? "workflows.unreadMore" : "workflows.unread", { count })}</span>
              </span>
            )}
          </span>
          {others > 0 && <span className="visually-hidden">{t("workflows.online", { count: others })}</span>}
        </span>
      </NavLink>
    </li>
  );
});

function StatusIcon({ status }: Pick<ListedWorkflow, "status">) {
  const t = useT();
  if (status === "active") {
    return null;
  }

  const Icon = status === "paused" ? PauseCircleOutlined : status === "completed" ? CheckCircleOutlined : CloseCircleOutlined;
  return <Icon className={styles.status} role="img" aria-label={t(`workflows.status.${status}`)} title={t(`workflows.status.${status}`)} />;
}

/** So much of a message that fits one line, without the marks of Markdown that would disturb there. */
function plainOf(content: string): string {
  return content
    .slice(0, 200)
    .replace(/```\w*|[*_`>#]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
