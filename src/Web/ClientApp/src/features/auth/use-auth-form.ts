import { Form } from "antd";
import { useState } from "react";
import { problemOf, type Problem } from "../../api/problem";
import { useLanguage, useT, type MessageKey } from "../../app/i18n";
import { problemText } from "../../app/i18n/problem-text";

type Field = "email" | "password" | "displayName" | "currentPassword" | "newPassword";

/** What the form holds; of the fields that it has. */
export type AuthValues = Record<Field, string>;

const fieldTexts: Readonly<Record<Field, MessageKey>> = {
  email: "auth.invalid.email",
  password: "auth.invalid.password",
  displayName: "auth.invalid.displayName",
  currentPassword: "auth.invalid.currentPassword",
  newPassword: "auth.invalid.newPassword",
};

/**
 * A form that shows what the server refuses at the field that it is about, and everything else above the form.
 * @param submit what the form is for
 * @param placeOf where to show a refusal that is no `validation.failed`; undefined for above the form
 */
export function useAuthForm(
  submit: (values: AuthValues) => Promise<void>,
  placeOf: (problem: Problem) => { field?: Field; text: string } | undefined,
) {
  const t = useT();
  const language = useLanguage();
  const [form] = Form.useForm<AuthValues>();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();

  const show = (problem: Problem) => {
    const own = placeOf(problem);
    const errors = own?.field
      ? { [own.field]: [own.text] }
      : // The server's own sentences are English and more exact than the catalogue's.
        Object.fromEntries(
          Object.entries(problem.errors)
            .filter((entry): entry is [Field, string[]] => entry[0] in fieldTexts)
            .map(([field, sentences]) => [field, language === "en" ? sentences : [t(fieldTexts[field])]]),
        );
    const fields = Object.keys(errors) as Field[];
    if (fields.length === 0) {
      setFailure(own?.text ?? problemText(t, problem));
      return;
    }

    form.setFields(fields.map((name) => ({ name, errors: [...errors[name]!] })));
    (form.getFieldInstance(fields[0]!) as HTMLElement | undefined)?.focus();
  };

  const onFinish = async (values: AuthValues) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await submit(values);
    } catch (error) {
      show(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  return { form, isBusy, failure, onFinish };
}
