import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useT } from "../../../app/i18n";
import type { CodeToken } from "./highlight";
import { copyText } from "../copy-text";
import styles from "./markdown.module.css";

interface CodeBlockProps {
  readonly code: string;
  /** As the message names it; empty for none. */
  readonly language: string;
}

/** How long the button says that it has copied, in milliseconds. */
const COPIED_FOR = 2_000;

/** Code with colours, as soon as the highlighter has been loaded, and a button that copies it. */
export function CodeBlock({ code, language }: CodeBlockProps) {
  const t = useT();
  const tokens = useHighlighted(code, language);
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (isCopied) {
      const timer = setTimeout(() => setIsCopied(false), COPIED_FOR);
      return () => clearTimeout(timer);
    }

    return undefined;
  }, [isCopied]);
  const copy = async () => setIsCopied(await copyText(code, t));
  const label = language === "" ? t("chat.code") : t("chat.codeIn", { language });
  return (
    <div className={styles.codeBlock}>
      <div className={styles.codeHeader}>
        <span>{language}</span>
        <Button
          type="text"
          size="small"
          icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
          aria-label={t("chat.copyCode")}
          onClick={() => void copy()}
        >
          {t(isCopied ? "chat.copied" : "chat.copy")}
        </Button>
      </div>
      <pre role="region" aria-label={label} tabIndex={0}>
        <code>{tokens ? tokens.map((token, place) => <Token key={place} {...token} />) : code}</code>
      </pre>
    </div>
  );
}

function Token({ kind, text }: CodeToken) {
  return kind === "plain" ? text : <span className={styles[kind]}>{text}</span>;
}

function useHighlighted(code: string, language: string): readonly CodeToken[] | undefined {
  const [tokens, setTokens] = useState<readonly CodeToken[]>();
  useEffect(() => {
    let isWanted = language !== "";
    if (isWanted) {
      void import("./highlight").then(
        ({ highlight }) => isWanted && setTokens(highlight(code, language)),
        // The highlighter could not be loaded: the code stays without colours.
        () => undefined,
      );
    }

    return () => {
      isWanted = false;
    };
  }, [code, language]);
  return tokens;
}
