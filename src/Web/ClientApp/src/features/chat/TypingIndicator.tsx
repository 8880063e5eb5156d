import { useT } from "../../app/i18n";
import styles from "./chat.module.css";
import type { ConversationStore } from "./conversation-store";
import { useConversation } from "./use-conversation";

/** Who else is writing. */
export function TypingIndicator({ store }: { readonly store: ConversationStore }) {
  const t = useT();
  const typing = useConversation(store, (state) => state.typing);
  const [first, second] = typing;
  return (
    <div className={styles.typing}>
      {first && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {typing.length > 2
            ? t("chat.typingMany", { count: typing.length })
            : second
              ? t("chat.typingTwo", { first: first.name, second: second.name })
              : t("chat.typingOne", { name: first.name })}
        </>
      )}
    </div>
  );
}
