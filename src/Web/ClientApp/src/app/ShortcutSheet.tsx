import { Modal, Switch } from "antd";
import { closeDialog, openedDialog } from "./dialogs";
import { useT } from "./i18n";
import { usePreference } from "./preferences";
import { labelsOf, shortcuts } from "./shortcuts";
import styles from "./ShortcutSheet.module.css";
import { useStore } from "./store";

/** The list of what the keyboard can do here. */
export function ShortcutSheet() {
  const t = useT();
  const all = useStore(shortcuts);
  const isOpen = useStore(openedDialog)?.kind === "shortcuts";
  const [characterShortcuts, setCharacterShortcuts] = usePreference("characterShortcuts");
  return (
    <Modal title={t("app.shortcuts")} open={isOpen} onCancel={closeDialog} footer={null} destroyOnHidden>
      <p>{t("app.shortcutsIntro")}</p>
      <dl className={styles.list}>
        {all.map(({ keys, description }) => (
          <div key={`${keys} ${description}`} className={styles.row}>
            <dt>{t(description)}</dt>
            <dd>
              {labelsOf(keys).map((label) => (
                <kbd key={label}>{label}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className={styles.row}>
        <span>{t("app.characterShortcuts")}</span>
        <Switch checked={characterShortcuts} onChange={setCharacterShortcuts} />
      </label>
    </Modal>
  );
}
