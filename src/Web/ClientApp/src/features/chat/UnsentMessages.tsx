import { Button } from "antd";
import { chat, useOutbox } from "../../app/chat-connection";
import { useT } from "../../app/i18n";
import { copyText } from "./copy-text";
import styles from "./chat.module.css";

/** The user's messages to a workflow that is closed to them: what they wrote can still be taken along. */
export function UnsentMessages({ workflowId }: { readonly workflowId: string }) {
  const t = useT();
  const unsent = useOutbox(workflowId).filter(({ state }) => state !== "sent");
  if (unsent.length === 0) {
    return null;
  }

  return (
    <section className={styles.unsent} aria-label={t("chat.unsent")}>
      <h2>{t("chat.unsent")}</h2>
      <ul>
        {unsent.map(({ clientMessageId, content, canDiscard }) => (
          <li key={clientMessageId}>
            <p>{content}</p>
            <Button size="small" onClick={() => void copyText(content, t)}>
              {t("chat.copyText")}
            </Button>
            {canDiscard && (
              <Button size="small" onClick={() => chat().discard(clientMessageId)}>
                {t("chat.discard")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
