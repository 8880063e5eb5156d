import { DesktopOutlined, LockOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { App, Button, Modal, Segmented, Switch } from "antd";
import { useId } from "react";
import { useNavigate } from "react-router";
import { closeDialog, openDialog, openedDialog } from "./dialogs";
import { useT } from "./i18n";
import { canNotify, setNotifications } from "./notifications";
import { usePreference } from "./preferences";
import styles from "./SettingsDialog.module.css";
import { useStore } from "./store";

/** What the user can set for this browser, and the ways to their password, their sessions and the shortcuts. */
export function SettingsDialog() {
  const t = useT();
  const isOpen = useStore(openedDialog)?.kind === "settings";
  return (
    <Modal title={t("app.settings")} open={isOpen} onCancel={closeDialog} footer={null} destroyOnHidden width={400}>
      <SettingsPanel />
    </Modal>
  );
}

function SettingsPanel() {
  const t = useT();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [theme, setTheme] = usePreference("theme");
  const [language, setLanguage] = usePreference("language");
  const [sendWithEnter, setSendWithEnter] = usePreference("sendWithEnter");
  const [notifications] = usePreference("notifications");
  return (
    <div className={styles.panel}>
      <Setting label={t("app.theme")}>
        {(label) => (
          <Segmented
            block
            aria-labelledby={label}
            value={theme}
            onChange={setTheme}
            options={[
              { value: "light", label: t("app.theme.light") },
              { value: "dark", label: t("app.theme.dark") },
              { value: "system", label: t("app.theme.system") },
            ]}
          />
        )}
      </Setting>
      <Setting label={t("app.language")}>
        {(label) => (
          <Segmented
            block
            aria-labelledby={label}
            value={language}
            onChange={setLanguage}
            options={[
              { value: "en", label: t("app.language.en") },
              { value: "de", label: t("app.language.de") },
              { value: "system", label: t("app.language.system") },
            ]}
          />
        )}
      </Setting>
      <Choice label={t("app.sendWithEnter")} isOn={sendWithEnter} onChange={setSendWithEnter} />
      {canNotify && (
        <Choice
          label={t("app.notifications")}
          isOn={notifications}
          onChange={(wanted) =>
            void setNotifications(wanted).then((isAsWanted) => isAsWanted || message.warning(t("app.notificationsDenied")))
          }
        />
      )}
      <Button block icon={<LockOutlined aria-hidden />} onClick={() => openDialog({ kind: "changePassword" })}>
        {t("auth.changePassword")}
      </Button>
      <Button
        block
        icon={<DesktopOutlined aria-hidden />}
        onClick={() => {
          closeDialog();
          void navigate("/sessions");
        }}
      >
        {t("sessions.title")}
      </Button>
      <Button
        block
        icon={<QuestionCircleOutlined aria-hidden />}
        onClick={() => openDialog({ kind: "shortcuts" })}
      >
        {t("app.shortcuts")}
      </Button>
    </div>
  );
}

function Setting({ label, children }: { label: string; children: (labelId: string) => React.ReactNode }) {
  const id = useId();
  return (
    <div>
      <div id={id} className={styles.label}>
        {label}
      </div>
      {children(id)}
    </div>
  );
}

function Choice({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className={styles.choice}>
      <span>{label}</span>
      <Switch checked={isOn} onChange={onChange} />
    </label>
  );
}
