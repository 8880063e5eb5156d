import type { Page } from "@playwright/test";
import { texts, type TextKey } from "./texts.ts";

/** With fewer letters of its own, a text that names are filled in could be anything. */
const fewestLetters = 5;

/** Every English text that is not the same in German, as what can stand on the page: with anything in the place of what is filled in. */
const english = (Object.keys(texts.en) as TextKey[])
  .filter((key) => texts.en[key] !== texts.de[key])
  .filter((key) => !texts.en[key].includes("{") || texts.en[key].replace(/\{[^}]*\}|[^a-z]/gi, "").length >= fewestLetters)
  .map((key) => ({ key, pattern: `^${patternOf(texts.en[key])}$` }));

function patternOf(text: string): string {
  return text
    .split(/(\{[^}]*\})/)
    .map((part) => (part.startsWith("{") ? alternativesOf(part) : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
}

/** `{count|person|people}` is one of the two words, and `{count}` is anything. */
function alternativesOf(part: string): string {
  const [, ...words] = part.slice(1, -1).split("|");
  return words.length > 0 ? `(?:${words.join("|")})` : ".+";
}

/**
 * Texts and names of the page that are still in English, with the key of the text; and the names that icons have by themselves,
 * which are English in every language. What people wrote is not looked at.
 */
export function englishLeftovers(page: Page): Promise<readonly string[]> {
  return page.evaluate((patterns) => {
    const written = "[role=log] article, .ant-sender textarea, nav a";
    const said = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.parentElement?.closest(`script, style, ${written}`)) {
        said.add((node.textContent ?? "").trim());
      }
    }
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("[aria-label], [title], [placeholder], [alt]")) {
      const name = element.getAttribute("aria-label");
      if (element.classList.contains(`anticon-${name}`)) {
        if (!element.closest("[aria-hidden=true], button[aria-label], a[aria-label]")) {
          found.push(`the name of an icon: ${name}`);
        }
      } else if (!element.closest(written)) {
        ["aria-label", "title", "placeholder", "alt"].forEach((attribute) => said.add((element.getAttribute(attribute) ?? "").trim()));
      }
    }
    const tests = patterns.map(({ key, pattern }) => ({ key, test: new RegExp(pattern, "s") }));
    for (const text of said) {
      const english = text !== "" && tests.find(({ test }) => test.test(text));
      if (english) {
        found.push(`${english.key}: ${text}`);
      }
    }
    return found;
  }, english);
}
