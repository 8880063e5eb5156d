import { Alert, Button, Form, Input } from "antd";
import { Link, useLocation } from "react-router";
import { signUp } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { AuthLayout } from "./AuthLayout";
import styles from "./auth.module.css";
import { PasswordInput } from "./PasswordInput";
import { useAuthForm, type AuthValues } from "./use-auth-form";

export default function SignUpPage() {
  const t = useT();
  const { state } = useLocation();
  const { form, isBusy, failure, onFinish } = useAuthForm(
    ({ email, password, displayName }) => signUp(email, password, displayName),
    ({ code }) => (code === "user.exists" ? { field: "email", text: t("auth.userExists") } : undefined),
  );
  return (
    <AuthLayout title={t("auth.signUpTitle")}>
      {failure && <Alert className={styles.notice} type="error" showIcon role="alert" title={failure} />}
      <Form<AuthValues>
        form={form}
        layout="vertical"
        noValidate
        requiredMark={false}
        validateTrigger="onSubmit"
        scrollToFirstError={{ focus: true }}
        onFinish={(values) => void onFinish(values)}
      >
        <Form.Item
          name="displayName"
          label={t("auth.displayName")}
          extra={t("auth.displayNameHint")}
          rules={[{ required: true, whitespace: true, message: t("auth.displayNameRequired") }]}
        >
          <Input autoComplete="name" autoFocus />
        </Form.Item>
        <Form.Item name="email" label={t("auth.email")} rules={[{ required: true, whitespace: true, message: t("auth.emailRequired") }]}>
          <Input type="email" autoComplete="username" inputMode="email" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("auth.password")}
          extra={t("auth.passwordHint")}
          rules={[{ required: true, message: t("auth.passwordRequired") }]}
        >
          <PasswordInput autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={isBusy}>
          {t("auth.createAccount")}
        </Button>
      </Form>
      <p className={styles.switch}>
        {t("auth.haveAccount")}{" "}
        <Link to="/sign-in" state={state as unknown}>
          {t("auth.toSignIn")}
        </Link>
      </p>
    </AuthLayout>
  );
}
