import { Welcome } from "@ant-design/x";
import { useT } from "../../app/i18n";
import styles from "./chat.module.css";

/** What stands in the place of the first message. */
export function EmptyConversation({ canWrite }: { readonly canWrite: boolean }) {
  const t = useT();
  return (
    <div className={styles.empty}>
      <Welcome variant="borderless" title={t("chat.emptyTitle")} description={t(canWrite ? "chat.emptyHint" : "chat.emptyReadOnly")} />
    </div>
  );
}
