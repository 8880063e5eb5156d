import { Modal } from "antd";
import { useT } from "../../app/i18n";
import { commandTexts, commandUsage } from "./command-texts";
import { commandNames } from "./commands";
import styles from "./chat.module.css";

/** What can be typed after a slash. */
export function HelpDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const t = useT();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("chat.commands")}>
      <dl className={styles.help}>
        {commandNames.map((name) => (
          <div key={name}>
            <dt>
              <code>{commandUsage(name)}</code>
            </dt>
            <dd>{t(commandTexts[name])}</dd>
          </div>
        ))}
      </dl>
      <p>{t("chat.helpMarkdown")}</p>
      <p>{t("chat.helpKeys")}</p>
    </Modal>
  );
}
