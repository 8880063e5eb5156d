import { Button, Input, type GetRef } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useAuth } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { usePreference } from "../../app/preferences";
import type { Message } from "../../lib/index";
import styles from "./chat.module.css";
import { CharacterCount } from "./CharacterCount";
import { isSendable, isSendKey } from "./composer-rules";
import { loadDraft, saveDraft } from "./drafts";
import { pressOf } from "./key-press";
import type { RowActions } from "./row-actions";

interface MessageEditorProps {
  readonly message: Message;
  readonly actions: Pick<RowActions, "saveEdit" | "endEdit">;
}

/** The message's text, in its place, to be changed. What has been written survives a reload. */
export function MessageEditor({ message: { workflowId, messageId, content }, actions }: MessageEditorProps) {
  const t = useT();
  const userId = useAuth().user?.id ?? "";
  const [sendWithEnter] = usePreference("sendWithEnter");
  const [text, setText] = useState(() => {
    const draft = loadDraft(userId, workflowId, "edit");
    return draft.messageId === messageId ? draft.text : content;
  });
  const input = useRef<GetRef<typeof Input.TextArea>>(null);
  useEffect(() => input.current?.focus({ cursor: "end" }), []);
  useEffect(() => saveDraft(userId, workflowId, "edit", { text, messageId }), [userId, workflowId, messageId, text]);
  const canSave = isSendable(text);
  const save = () => {
    if (!canSave) {
      return;
    }

    if (text === content) {
      actions.endEdit(messageId);
    } else {
      actions.saveEdit(messageId, text);
    }
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      actions.endEdit(messageId);
    } else if (isSendKey(pressOf(event), sendWithEnter)) {
      event.preventDefault();
      save();
    }
  };
  return (
    <div className={styles.editor}>
      <Input.TextArea
        ref={input}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
        autoSize={{ minRows: 1, maxRows: 12 }}
        aria-label={t("chat.editMessage")}
      />
      <div className={styles.editorActions}>
        <CharacterCount text={text} />
        <Button size="small" onClick={() => actions.endEdit(messageId)}>
          {t("chat.cancel")}
        </Button>
        <Button size="small" type="primary" disabled={!canSave} onClick={save}>
          {t("chat.save")}
        </Button>
      </div>
    </div>
  );
}
