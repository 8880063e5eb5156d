import { Alert, Button, Form, Input } from "antd";
import { Link, useLocation } from "react-router";
import { signIn, useAuth } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { AuthLayout } from "./AuthLayout";
import styles from "./auth.module.css";
import { PasswordInput } from "./PasswordInput";
import { useAuthForm, type AuthValues } from "./use-auth-form";

export default function SignInPage() {
  const t = useT();
  const { state } = useLocation();
  const { signedOutReason } = useAuth();
  const { form, isBusy, failure, onFinish } = useAuthForm(
    ({ email, password }) => signIn(email, password),
    ({ code }) => (code === "auth.invalid_credentials" ? { text: t("auth.invalidCredentials") } : undefined),
  );
  return (
    <AuthLayout title={t("auth.signInTitle")}>
      {failure ? (
        <Alert className={styles.notice} type="error" showIcon role="alert" title={failure} />
      ) : (
        signedOutReason && <Alert className={styles.notice} type="info" showIcon role="status" title={t(`auth.signedOut.${signedOutReason}`)} />
      )}
      <Form<AuthValues>
        form={form}
        layout="vertical"
        noValidate
        requiredMark={false}
        validateTrigger="onSubmit"
        scrollToFirstError={{ focus: true }}
        onFinish={(values) => void onFinish(values)}
      >
        <Form.Item name="email" label={t("auth.email")} rules={[{ required: true, whitespace: true, message: t("auth.emailRequired") }]}>
          <Input type="email" autoComplete="username" inputMode="email" autoFocus />
        </Form.Item>
        <Form.Item name="password" label={t("auth.password")} rules={[{ required: true, message: t("auth.passwordRequired") }]}>
          <PasswordInput autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={isBusy}>
          {t("auth.signIn")}
        </Button>
      </Form>
      <p className={styles.switch}>
        {t("auth.noAccount")}{" "}
        <Link to="/sign-up" state={state as unknown}>
          {t("auth.toSignUp")}
        </Link>
      </p>
    </AuthLayout>
  );
}
