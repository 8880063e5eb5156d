import { UserAddOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select, type InputRef } from "antd";
import { useId, useRef, useState } from "react";
import { problemOf } from "../../api/problem";
import { useLanguage, useT } from "../../app/i18n";
import { problemText } from "../../app/i18n/problem-text";
import { announce } from "../../app/live-region";
import { addParticipant } from "../../app/workflow-actions";
import type { ParticipantRole } from "../../lib/index";
import styles from "./PeopleDialog.module.css";

interface Values {
  email: string;
  role: ParticipantRole;
}

const ROLES: readonly ParticipantRole[] = ["contributor", "observer", "owner"];

/** Brings somebody in by their address. */
export function AddParticipantForm({ workflowId }: { workflowId: string }) {
  const t = useT();
  const language = useLanguage();
  const heading = useId();
  const [form] = Form.useForm<Values>();
  const [isBusy, setBusy] = useState(false);
  const email = useRef<InputRef>(null);
  const role = Form.useWatch("role", form) ?? "contributor";

  const add = async (values: Values) => {
    setBusy(true);
    try {
      const { name } = await addParticipant(workflowId, values.email.trim(), values.role);
      announce(t("workflows.added", { name }));
      form.setFieldValue("email", "");
    } catch (error) {
      const { errors } = problemOf(error);
      const text = errors.email ? (language === "en" ? errors.email : [t("workflows.emailInvalid")]) : [problemText(t, error)];
      form.setFields([{ name: "email", errors: [...text] }]);
    } finally {
      setBusy(false);
      email.current?.focus();
    }
  };

  return (
    <section className={styles.add} aria-labelledby={heading}>
      <h2 id={heading}>{t("workflows.addTitle")}</h2>
      <Form
        form={form}
        name="people"
        layout="vertical"
        noValidate
        requiredMark={false}
        validateTrigger="onSubmit"
        initialValues={{ role: "contributor" }}
        onFinish={(values: Values) => void add(values)}
      >
        <div className={styles.fields}>
          <Form.Item
            name="email"
            label={t("workflows.email")}
            extra={t("workflows.emailHint")}
            rules={[{ required: true, whitespace: true, message: t("workflows.emailRequired") }]}
          >
            <Input ref={email} type="email" inputMode="email" autoComplete="off" />
          </Form.Item>
          <Form.Item name="role" label={t("workflows.role")} extra={t(`workflows.roleHint.${role}`)}>
            <Select
              popupMatchSelectWidth={280}
              // Inside of the dialog, where screen readers look for it.
              getPopupContainer={(select: HTMLElement) => select.parentElement ?? document.body}
              options={ROLES.map((role) => ({ value: role, label: t(`workflows.role.${role}`), hint: t(`workflows.roleHint.${role}`) }))}
              optionRender={({ data }) => (
                <div>
                  <div>{data.label}</div>
                  <div className={styles.quiet}>{data.hint}</div>
                </div>
              )}
            />
          </Form.Item>
        </div>
        <Button type="primary" htmlType="submit" icon={<UserAddOutlined aria-hidden />} loading={isBusy}>
          {t("workflows.add")}
        </Button>
      </Form>
    </section>
  );
}
