import { XMarkdown, type ComponentProps } from "@ant-design/x-markdown";
import { Component, memo, useMemo, type ReactNode } from "react";
import { CodeBlock } from "./CodeBlock";
import { boundedMarkdown } from "./guard";
import { markedConfig, purifyConfig, safeAddress } from "./marked-config";
import styles from "./markdown.module.css";
import { textOf } from "./text-of";

/** A message's text as Markdown. What cannot be rendered safely and at once is shown as it was written. */
const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  const bounded = useMemo(() => boundedMarkdown(text), [text]);
  const plain = <PlainText text={text} />;
  if (bounded === undefined) {
    return plain;
  }

  return (
    <Fallback key={text} instead={plain}>
      <XMarkdown
        content={bounded}
        config={markedConfig}
        components={components}
        dompurifyConfig={purifyConfig}
        disableDefaultStyles
        className={styles.markdown!}
      />
    </Fallback>
  );
});

export default Markdown;

/** The text with its lines, and nothing else. */
export function PlainText({ text }: { readonly text: string }) {
  return <div className={styles.plain}>{text}</div>;
}

function Link({ href, title, children }: ComponentProps<{ href?: string }>) {
  const address = safeAddress(href);
  return address === undefined ? (
    <span>{children}</span>
  ) : (
    <a href={address} target="_blank" rel="noopener noreferrer" title={title === undefined ? address : `${title} – ${address}`}>
      {children}
    </a>
  );
}

function Code({ children, block, lang }: ComponentProps) {
  return block ? <CodeBlock code={textOf(children).replace(/\n$/, "")} language={(lang ?? "").split(/\s/)[0] ?? ""} /> : <code>{children}</code>;
}

/** The code block brings its own. */
function Preformatted({ children }: ComponentProps) {
  return <>{children}</>;
}

/** A table may be wider than a phone. */
function Table({ children }: ComponentProps) {
  return (
    <div className={styles.tableFrame} tabIndex={0} role="group">
      <table>{children}</table>
    </div>
  );
}

/** The page has its own headings; those in messages only look like some. */
function heading(level: number) {
  return ({ children }: ComponentProps) => <p className={`${styles.heading} ${styles[`heading${Math.min(level, 3)}`]}`}>{children}</p>;
}

const components = {
  a: Link,
  code: Code,
  pre: Preformatted,
  table: Table,
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(5),
  h6: heading(6),
};

interface FallbackProps {
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

/** A message that the parser fails on must not take the page with it. */
class Fallback extends Component<FallbackProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
