import { CloseOutlined, LogoutOutlined, PlusOutlined, SettingOutlined } from "@ant-design/icons";
import { Avatar, Button, Tooltip } from "antd";
import type { Ref } from "react";
import { WorkflowList } from "../features/workflows/WorkflowList";
import { signOut, useAuth } from "./auth-store";
import { initialsOf } from "./initials";
import { openDialog } from "./dialogs";
import { useT } from "./i18n";
import styles from "./Sidebar.module.css";

interface SidebarProps {
  /** In a drawer: closes it. */
  readonly onClose?: () => void;
  readonly closeButton?: Ref<HTMLButtonElement>;
}

/** The list of workflows, with the user's own things below it. */
export function Sidebar({ onClose, closeButton }: SidebarProps) {
  const t = useT();
  const { user } = useAuth();
  return (
    <div className={styles.sidebar}>
      <div className={styles.top}>
        <img src="/icon.svg" alt="" width={28} height={28} />
        <span className={styles.name}>{onClose ? "" : t("app.name")}</span>
        <Button
          type="primary"
          className={styles.new}
          icon={<PlusOutlined aria-hidden />}
          onClick={() => {
            onClose?.();
            openDialog({ kind: "createWorkflow" });
          }}
        >
          {t("workflows.new")}
        </Button>
        {onClose && (
          <Button
            ref={closeButton}
            type="text"
            className={styles.square}
            icon={<CloseOutlined />}
            aria-label={t("app.closeNavigation")}
            onClick={onClose}
          />
        )}
      </div>
      <WorkflowList />
      <div className={styles.bottom}>
        <Avatar className={styles.avatar} aria-hidden>
          {initialsOf(user?.displayName ?? "")}
        </Avatar>
        <div className={styles.user} aria-label={t("app.signedInAs", { name: user?.displayName ?? "" })} role="group">
          <div className={styles.userName}>{user?.displayName}</div>
          <div className={styles.userEmail}>{user?.email}</div>
        </div>
        <Button
          type="text"
          className={styles.square}
          icon={<SettingOutlined />}
          aria-label={t("app.settings")}
          onClick={() => {
            onClose?.();
            openDialog({ kind: "settings" });
          }}
        />
        <Tooltip title={t("auth.signOut")} placement="top">
          <Button type="text" className={styles.square} icon={<LogoutOutlined />} aria-label={t("auth.signOut")} onClick={() => void signOut()} />
        </Tooltip>
      </div>
    </div>
  );
}
