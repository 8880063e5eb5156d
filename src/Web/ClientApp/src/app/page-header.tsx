import { useEffect, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { Store, useStore } from "./store";

/** The place in the shell's header that belongs to the page. */
export const headerSlot = new Store<HTMLElement | null>(null);

interface PageHeaderProps {
  /** Heading of the page, one line. */
  readonly title: ReactNode;
  /** The same as text, for the browser's title; left out when `title` is text. */
  readonly documentTitle?: string;
  /** Buttons at the right end. */
  readonly actions?: ReactNode;
}

/** Puts the page's title and actions into the shell's header. */
export function PageHeader({ title, documentTitle, actions }: PageHeaderProps) {
  const slot = useStore(headerSlot);
  const text = documentTitle ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    pageTitle.set(text);
    return () => pageTitle.set("");
  }, [text]);
  return (
    slot &&
    createPortal(
      <>
        <h1 className="page-title">{title}</h1>
        {actions && <div className="page-actions">{actions}</div>}
      </>,
      slot,
    )
  );
}

/** Of the page that is shown, for the browser's title. */
export const pageTitle = new Store("");

/** The slot itself, for the shell. */
export function PageHeaderSlot() {
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    headerSlot.set(element);
    return () => headerSlot.set(null);
  }, [element]);
  return <div className="page-header" ref={setElement} />;
}
