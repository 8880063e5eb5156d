import type { ReactNode } from "react";

/** The text in what the Markdown renderer made of a node without elements in it, such as code. */
export function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") {
    return String(node);
  }

  return Array.isArray(node) ? node.map((child: ReactNode) => textOf(child)).join("") : "";
}
