import { useT } from "../../app/i18n";
import styles from "./chat.module.css";

/** What stands in the place of the first message. Not x's Welcome: its heading is of the fourth level, below none of the third. */
export function EmptyConversation({ canWrite }: { readonly canWrite: boolean }) {
  const t = useT();
  return (
    <div className={styles.empty}>
      <h2>{t("chat.emptyTitle")}</h2>
      <p>{t(canWrite ? "chat.emptyHint" : "chat.emptyReadOnly")}</p>
    </div>
  );
}
