import { useT } from "../../app/i18n";
import styles from "./chat.module.css";
import { countOf, MESSAGE_LIMIT } from "./composer-rules";

/** How long the text is, once it comes near the limit. */
export function CharacterCount({ text }: { readonly text: string }) {
  const t = useT();
  const { length, isShown, isOver } = countOf(text);
  return (
    <span className={`${styles.count} ${isOver ? styles.bad : ""}`} role="status">
      {isShown && t(isOver ? "chat.countOver" : "chat.count", { length, limit: MESSAGE_LIMIT, over: length - MESSAGE_LIMIT })}
    </span>
  );
}
