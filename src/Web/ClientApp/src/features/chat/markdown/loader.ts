import type { ComponentType } from "react";
import { Store } from "../../../app/store";

export type MarkdownComponent = ComponentType<{ readonly text: string }>;

/**
 * The Markdown renderer, a chunk of its own that is asked for together with the page. Undefined until it is here: messages
 * that changed their height afterwards would move the list. Null when it could not be loaded: messages are plain text then.
 */
export const markdown = new Store<MarkdownComponent | null | undefined>(undefined);

void import("./Markdown").then(
  (module) => markdown.set(module.default),
  () => markdown.set(null),
);
