import { Alert, App, Form, Modal } from "antd";
import { changePassword, useAuth } from "../../app/auth-store";
import { closeDialog, openedDialog } from "../../app/dialogs";
import { useT } from "../../app/i18n";
import { problemText } from "../../app/i18n/problem-text";
import { useStore } from "../../app/store";
import styles from "./auth.module.css";
import { PasswordInput } from "./PasswordInput";
import { useAuthForm, type AuthValues } from "./use-auth-form";

/** Gives the account another password, which signs out everywhere but in this browser. */
export function ChangePasswordDialog() {
  return useStore(openedDialog)?.kind === "changePassword" ? <OpenedDialog /> : null;
}

function OpenedDialog() {
  const t = useT();
  const { user } = useAuth();
  const { message } = App.useApp();
  const { form, isBusy, failure, onFinish } = useAuthForm(
    async ({ currentPassword, newPassword }) => {
      await changePassword(currentPassword, newPassword);
      closeDialog();
      message.success(t("auth.passwordChanged"));
    },
    (problem) => (problem.code === "auth.wrong_password" ? { field: "currentPassword", text: problemText(t, problem) } : undefined),
  );
  return (
    <Modal
      open
      width={420}
      title={t("auth.changePassword")}
      onCancel={closeDialog}
      okText={t("auth.changePassword")}
      cancelText={t("app.cancel")}
      okButtonProps={{ htmlType: "submit", form: "change-password", loading: isBusy }}
      afterOpenChange={(isOpen) => isOpen && (form.getFieldInstance("currentPassword") as HTMLElement | undefined)?.focus()}
    >
      {failure && <Alert className={styles.notice} type="error" showIcon role="alert" title={failure} />}
      <p>{t("auth.changePasswordHint")}</p>
      <Form<AuthValues>
        id="change-password"
        form={form}
        layout="vertical"
        noValidate
        requiredMark={false}
        validateTrigger="onSubmit"
        onFinish={(values) => void onFinish(values)}
      >
        {/* For password managers, which keep the new password under this name. */}
        <input type="email" autoComplete="username" value={user?.email ?? ""} readOnly hidden />
        <Form.Item
          name="currentPassword"
          label={t("auth.currentPassword")}
          rules={[{ required: true, message: t("auth.currentPasswordRequired") }]}
        >
          <PasswordInput autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label={t("auth.newPassword")}
          extra={t("auth.passwordHint")}
          rules={[{ required: true, message: t("auth.newPasswordRequired") }]}
        >
          <PasswordInput autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
