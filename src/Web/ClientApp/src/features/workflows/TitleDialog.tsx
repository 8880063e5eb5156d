import { Form, Input, Modal, type InputRef } from "antd";
import { useRef, useState } from "react";
import { problemOf } from "../../api/problem";
import { useLanguage, useT } from "../../app/i18n";
import { problemText } from "../../app/i18n/problem-text";
import { useReturnFocus } from "../../app/use-return-focus";

interface TitleDialogProps {
  readonly heading: string;
  readonly hint?: string;
  readonly initialTitle: string;
  readonly submitText: string;
  /** Fails with a {@link Problem}, which is shown at the field. */
  readonly onSubmit: (title: string) => Promise<void>;
  readonly onClose: () => void;
}

/** The server's limit, in UTF-16 code units. */
const TITLE_LIMIT = 200;

/** Asks for the title of a workflow. */
export function TitleDialog({ heading, hint, initialTitle, submitText, onSubmit, onClose }: TitleDialogProps) {
  useReturnFocus();
  const t = useT();
  const language = useLanguage();
  const [form] = Form.useForm<{ title: string }>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<InputRef>(null);

  const submit = async ({ title }: { title: string }) => {
    setBusy(true);
    try {
      await onSubmit(title.trim());
      onClose();
    } catch (error) {
      const { title: sentences } = problemOf(error).errors;
      // The server's own sentences are English and more exact than the catalogue's.
      const text = sentences ? (language === "en" ? sentences : [t("workflows.titleInvalid")]) : [problemText(t, error)];
      form.setFields([{ name: "title", errors: [...text] }]);
      input.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open
      title={heading}
      onCancel={onClose}
      okText={submitText}
      cancelText={t("app.cancel")}
      okButtonProps={{ htmlType: "submit", form: "workflow-title", loading: isBusy }}
      afterOpenChange={(isOpen) => isOpen && input.current?.focus({ cursor: "all" })}
    >
      {hint && <p>{hint}</p>}
      <Form
        id="workflow-title"
        form={form}
        layout="vertical"
        noValidate
        requiredMark={false}
        validateTrigger="onSubmit"
        initialValues={{ title: initialTitle }}
        onFinish={(values) => void submit(values)}
      >
        <Form.Item name="title" label={t("workflows.titleLabel")} rules={[{ required: true, whitespace: true, message: t("workflows.titleRequired") }]}>
          <Input ref={input} maxLength={TITLE_LIMIT} placeholder={t("workflows.titlePlaceholder")} autoComplete="off" size="large" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
