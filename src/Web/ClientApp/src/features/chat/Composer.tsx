import { CloseOutlined, CodeOutlined, SendOutlined } from "@ant-design/icons";
import { Sender } from "@ant-design/x";
import { Alert, Button, Input, type GetProps, type GetRef } from "antd";
import { createContext, useCallback, useContext, useEffect, useId, useImperativeHandle, useRef, useState, type ClipboardEvent, type KeyboardEvent, type Ref } from "react";
import { flushSync } from "react-dom";
import { useT } from "../../app/i18n";
import { usePreference } from "../../app/preferences";
import { useShortcut } from "../../app/shortcuts";
import { CharacterCount } from "./CharacterCount";
import styles from "./chat.module.css";
import { CommandPalette, optionId } from "./CommandPalette";
import { commandsFor, parseCommand, type Command, type CommandName } from "./commands";
import { asCodeBlock, isLongPaste, isSendable, isSendKey } from "./composer-rules";
import { loadDraft, onDraftElsewhere, saveDraft } from "./drafts";
import { excerptOf } from "./excerpt";
import { pressOf } from "./key-press";
import { useTypingSignal } from "./use-typing-signal";

export interface ComposerHandle {
  focus(): void;
  /** Puts a beginning in front of what is written, and the cursor behind it all. */
  begin(text: string): void;
}

/** The message that is answered. */
export interface ReplyTarget {
  readonly messageId: string;
  /** Undefined while it is not loaded. */
  readonly author: string | undefined;
  readonly content: string | undefined;
}

interface ComposerProps {
  readonly ref: Ref<ComposerHandle>;
  readonly userId: string;
  readonly workflowId: string;
  /** Why nothing can be written; undefined when it can. */
  readonly obstacle: string | undefined;
  readonly reply: ReplyTarget | undefined;
  readonly onEndReply: () => void;
  readonly onSend: (text: string) => void;
  readonly onCommand: (command: Command) => void;
  /** Up-arrow in an empty box. */
  readonly onEditLast: () => void;
  readonly setTyping: (isTyping: boolean) => void;
}

/** What the user pasted, and what came of it. */
interface Paste {
  readonly text: string;
  /** The whole text before. */
  readonly before: string;
  readonly start: number;
  readonly end: number;
}

/** Where a message is written. */
export function Composer(props: ComposerProps) {
  const { ref, userId, workflowId, obstacle, reply, onEndReply, onSend, onCommand, onEditLast, setTyping } = props;
  const t = useT();
  const [sendWithEnter] = usePreference("sendWithEnter");
  const [text, setText] = useState(() => loadDraft(userId, workflowId, "new").text);
  const [selected, setSelected] = useState<CommandName>();
  const [isPaletteClosed, setIsPaletteClosed] = useState(false);
  const [paste, setPaste] = useState<Paste>();
  const [hint, setHint] = useState<string>();
  const input = useRef<GetRef<typeof Input.TextArea>>(null);
  const typing = useTypingSignal(setTyping);
  const paletteId = useId();
  const obstacleId = useId();

  const replyTo = reply?.messageId;
  useEffect(
    () => saveDraft(userId, workflowId, "new", { text, ...(replyTo === undefined ? {} : { messageId: replyTo }) }),
    [userId, workflowId, text, replyTo],
  );
  useShortcut({ keys: "mod+enter", description: "chat.shortcut.send" });
  useShortcut({ keys: "arrowup", description: "chat.shortcut.editLast" });
  useShortcut({ keys: "/", description: "chat.shortcut.write", run: () => input.current?.focus() });

  const isDisabled = obstacle !== undefined;
  const names = isPaletteClosed || isDisabled ? [] : commandsFor(text);
  const chosen = names.find((name) => name === selected) ?? names[0];
  const canSend = !isDisabled && isSendable(text);

  const change = (next: string) => {
    isTypedHere.current = next !== "";
    setText(next);
    setSelected(undefined);
    setIsPaletteClosed(false);
    setPaste(undefined);
    setHint(undefined);
    if (next.trim() === "" || next.startsWith("/")) {
      typing.stopped();
    } else {
      typing.pressed();
    }
  };

  // Another tab wrote on, or sent it. What is being typed here is not replaced.
  const isTypedHere = useRef(false);
  useEffect(
    () => onDraftElsewhere(userId, workflowId, "new", (draft) => isTypedHere.current || setText(draft.text)),
    [userId, workflowId],
  );
  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus({ cursor: "end" }),
    begin: (beginning) => {
      // At once, so that the cursor finds the text there.
      flushSync(() => change(beginning + text));
      input.current?.focus({ cursor: "end" });
    },
  }));

  const clear = () => {
    change("");
    typing.stopped();
  };

  const send = () => {
    if (!canSend) {
      return;
    }

    const parsed = parseCommand(text);
    switch (parsed.kind) {
      case "message":
        onSend(text);
        clear();
        break;
      case "command":
        clear();
        onCommand(parsed.command);
        break;
      case "unknown":
        setHint(t("chat.command.unknown", { name: parsed.name }));
        break;
      case "inviteUsage":
        setHint(t("chat.command.inviteUsage"));
        break;
    }

    input.current?.focus();
  };

  /** A command without arguments runs at once; the other one waits for them. */
  const run = (name: CommandName) => {
    if (name === "invite") {
      change("/invite ");
      setIsPaletteClosed(true);
    } else {
      clear();
      onCommand({ name });
    }

    input.current?.focus();
  };

  const pressedInPalette = (event: KeyboardEvent): boolean => {
    if (!chosen) {
      return false;
    }

    const place = names.indexOf(chosen);
    switch (event.key) {
      case "ArrowDown":
        setSelected(names[(place + 1) % names.length]);
        return true;
      case "ArrowUp":
        setSelected(names[(place + names.length - 1) % names.length]);
        return true;
      case "Enter":
        run(chosen);
        return true;
      case "Tab": {
        // Completes what is typed, and runs nothing: with nothing to complete the focus goes on.
        const completed = `/${chosen}`;
        if (text === completed) {
          return false;
        }

        change(chosen === "invite" ? `${completed} ` : completed);
        return true;
      }
      case "Escape":
        setIsPaletteClosed(true);
        return true;
      default:
        return false;
    }
  };

  const pressed = (event: KeyboardEvent): false => {
    const press = pressOf(event);
    if (press.isComposing) {
      return false;
    }

    if (event.altKey && event.key.startsWith("Arrow")) {
      // Goes to another workflow.
      return false;
    }

    if (!event.shiftKey && pressedInPalette(event)) {
      event.preventDefault();
    } else if (isSendKey(press, sendWithEnter)) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "" && !event.shiftKey) {
      event.preventDefault();
      onEditLast();
    } else if (event.key === "Escape" && (paste || reply)) {
      event.preventDefault();
      setPaste(undefined);
      if (!paste) {
        onEndReply();
      }
    }

    // What Enter does has been decided here: x's own handling of it knows neither Ctrl nor the palette.
    return false;
  };

  const pasted = (event: ClipboardEvent<HTMLElement>) => {
    const clip = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
    const box = event.target;
    if (box instanceof HTMLTextAreaElement && isLongPaste(clip)) {
      const { selectionStart: start, selectionEnd: end } = box;
      // After the change that the paste makes, which withdraws an earlier offer.
      setTimeout(() => setPaste({ text: clip, before: text, start, end }));
    }
  };

  const pasteAsCode = ({ text: clip, before, start, end }: Paste) => {
    const lead = before.slice(0, start);
    const gap = lead === "" || lead.endsWith("\n") ? "" : "\n";
    change(lead + gap + asCodeBlock(clip) + before.slice(end));
    input.current?.focus();
  };

  return (
    <div className={styles.composer}>
      {chosen && <CommandPalette id={paletteId} names={names} selected={chosen} onSelect={setSelected} onRun={run} />}
      {paste && (
        <div className={styles.offer} role="status">
          <span>{t("chat.pasteOffer", { count: paste.text.split("\n").length })}</span>
          <Button size="small" icon={<CodeOutlined aria-hidden />} onClick={() => pasteAsCode(paste)}>
            {t("chat.pasteAsCode")}
          </Button>
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("chat.dismiss")} onClick={() => setPaste(undefined)} />
        </div>
      )}
      {hint !== undefined && <Alert className={styles.hint!} type="warning" showIcon title={hint} role="alert" />}
      {reply && !isDisabled && (
        <div className={styles.replyBar}>
          <div>
            <strong>{reply.author === undefined ? t("chat.replyingEarlier") : t("chat.replyingTo", { name: reply.author })}</strong>
            <span>{reply.content === undefined ? "" : excerptOf(reply.content)}</span>
          </div>
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("chat.endReply")} onClick={onEndReply} />
        </div>
      )}
      <MessageInputContext
        value={{
          ref: input,
          "aria-label": t("chat.message"),
          "aria-autocomplete": "list",
          "aria-controls": chosen ? paletteId : undefined,
          "aria-activedescendant": chosen ? optionId(paletteId, chosen) : undefined,
          "aria-describedby": isDisabled ? obstacleId : undefined,
        }}
      >
        <Sender
          value={text}
          onChange={change}
          onKeyDown={pressed}
          onPaste={pasted}
          onBlur={() => typing.stopped()}
          disabled={isDisabled}
          placeholder={t(isDisabled ? "chat.cannotWrite" : "chat.placeholder")}
          autoSize={AUTO_SIZE}
          components={INPUT}
          suffix={
            <Button type="primary" icon={<SendOutlined />} aria-label={t("chat.send")} title={t("chat.send")} disabled={!canSend} onClick={send} className={styles.send!} />
          }
        />
      </MessageInputContext>
      <div className={styles.composerFoot}>
        <span id={obstacleId} data-obstacle={isDisabled || undefined}>{obstacle ?? t(sendWithEnter ? "chat.hintEnter" : "chat.hintCtrlEnter")}</span>
        <CharacterCount text={text} />
      </div>
    </div>
  );
}

const AUTO_SIZE = { minRows: 1, maxRows: 10 };

type TextAreaProps = GetProps<typeof Input.TextArea>;

/** x's sender gives what it is told about its text box to the frame around it as well; this goes to the text box alone. */
const MessageInputContext = createContext<TextAreaProps & { ref?: Ref<GetRef<typeof Input.TextArea>> }>({});

function MessageInput({ ref: senderRef, ...props }: TextAreaProps & { ref?: Ref<GetRef<typeof Input.TextArea>> }) {
  const { ref: ownRef, ...own } = useContext(MessageInputContext);
  const both = useCallback(
    (instance: GetRef<typeof Input.TextArea> | null) => {
      for (const ref of [senderRef, ownRef]) {
        if (typeof ref === "function") {
          ref(instance);
        } else if (ref) {
          ref.current = instance;
        }
      }
    },
    [senderRef, ownRef],
  );
  return <Input.TextArea {...props} {...own} ref={both} />;
}

const INPUT = { input: MessageInput };
