import { Button } from "antd";
import { useT, type MessageKey } from "../../app/i18n";
import styles from "./chat.module.css";

/** What a conversation may begin with: what the button says, and what it puts into the composer, to be finished by the user. */
const OPENERS: readonly (readonly [label: MessageKey, text: MessageKey])[] = [
  ["chat.openerIdea", "chat.openerIdeaText"],
  ["chat.openerUsers", "chat.openerUsersText"],
  ["chat.openerQuestions", "chat.openerQuestionsText"],
];

interface EmptyConversationProps {
  readonly canWrite: boolean;
  readonly onOpener: (text: string) => void;
}

/** What stands in the place of the first message. Why it is neither Welcome nor Prompts of Ant Design X is in decision 14. */
export function EmptyConversation({ canWrite, onOpener }: EmptyConversationProps) {
  const t = useT();
  return (
    <div className={styles.empty}>
      <h2>{t("chat.emptyTitle")}</h2>
      <p>{t(canWrite ? "chat.emptyHint" : "chat.emptyReadOnly")}</p>
      {canWrite && (
        <div className={styles.openers} role="group" aria-label={t("chat.openers")}>
          {OPENERS.map(([label, text]) => (
            <Button key={label} shape="round" onClick={() => onOpener(t(text))}>
              {t(label)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
