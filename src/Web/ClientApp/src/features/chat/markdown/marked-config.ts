import type { XMarkdownProps } from "@ant-design/x-markdown";

type MarkedConfig = NonNullable<XMarkdownProps["config"]>;

/** Text up to the next character or address that may begin something else. */
const TEXT = /^[^][^\\<!\[`*~_\n]*?(?=[\\<!\[`*~_\n]|https?:\/\/|$)/;
const ADDRESS = /^https?:\/\/[^\s<>"`]+/i;

/**
 * How messages differ from what the parser does by default. Raw HTML is text: nothing in a message is ever HTML. A line
 * break breaks the line. Only addresses with http and https become links by themselves, found in linear time.
 */
export const markedConfig: MarkedConfig = {
  gfm: true,
  breaks: true,
  tokenizer: {
    html: () => undefined,
    tag: () => undefined,
    // References to definitions elsewhere in the message: not for chat.
    def: () => undefined,
    url(source) {
      const address = ADDRESS.exec(source)?.[0];
      if (address === undefined) {
        return undefined;
      }

      const raw = withoutPunctuation(address);
      return { type: "link", raw, text: raw, href: raw, tokens: [{ type: "text", raw, text: raw, escaped: false }] };
    },
    inlineText(source) {
      const raw = TEXT.exec(source)?.[0];
      return raw === undefined ? undefined : { type: "text", raw, text: raw, escaped: false };
    },
  },
  renderer: {
    // The renderers that x-markdown brings write text and addresses into the HTML as they are.
    text(token) {
      return "tokens" in token && token.tokens ? this.parser.parseInline(token.tokens) : escaped(token.text);
    },
    link({ href, title, tokens }) {
      return `<a href="${escaped(href)}"${title ? ` title="${escaped(title)}"` : ""}>${this.parser.parseInline(tokens)}</a>`;
    },
    // Pictures from elsewhere would tell their server who reads the message.
    image({ href, text }) {
      return `<a href="${escaped(href)}">${escaped(text || href)}</a>`;
    },
    html: ({ text }) => escaped(text),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
};

/** What DOMPurify lets through; everything that the renderers above and the parser's own write. */
export const purifyConfig: NonNullable<XMarkdownProps["dompurifyConfig"]> = {
  ALLOWED_TAGS: ["a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"],
  ALLOWED_ATTR: ["href", "title", "align", "start", "class"],
  ALLOW_DATA_ATTR: true,
};

/** Of an address that may lead somewhere: `http:`, `https:` or `mailto:`. Undefined for every other one. */
export function safeAddress(href: string | undefined): string | undefined {
  return href !== undefined && /^(?:https?:\/\/|mailto:)[^\s]/i.test(href.trim()) ? href.trim() : undefined;
}

/** A full stop or bracket after an address belongs to the sentence; a closing bracket with its opening one in it does not. */
function withoutPunctuation(address: string): string {
  let end = address.length;
  let unopened = countOf(address, ")") - countOf(address, "(");
  for (; end > 0; end--) {
    const last = address[end - 1]!;
    if (last === ")" && unopened > 0) {
      unopened--;
    } else if (!".,:;!?'*_~".includes(last)) {
      break;
    }
  }

  return address.slice(0, end);
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
