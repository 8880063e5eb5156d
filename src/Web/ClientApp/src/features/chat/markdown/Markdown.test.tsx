// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import Markdown from "./Markdown";

const LIMIT = 16_000;
const filled = (text: string) => text.repeat(Math.ceil(LIMIT / text.length)).slice(0, LIMIT);
const shown = (text: string) => render(<Markdown text={text} />).container;

afterEach(cleanup);

describe("a message", () => {
  test("is rendered as Markdown", () => {
    const page = shown("**bold** _slanted_ `code` ~~gone~~\nnext line\n\n- one\n  - two\n\n> said\n\n| a | b |\n|---|--:|\n| 1 | 2 |");

    expect(page.querySelector("strong")?.textContent).toBe("bold");
    expect(page.querySelector("em")?.textContent).toBe("slanted");
    expect(page.querySelector("p > code")?.textContent).toBe("code");
    expect(page.querySelector("del")?.textContent).toBe("gone");
    expect(page.querySelector("br")).not.toBeNull();
    expect(page.querySelector("li li")?.textContent?.trim()).toBe("two");
    expect(page.querySelector("blockquote")?.textContent?.trim()).toBe("said");
    expect([...page.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["1", "2"]);
  });

  test("shows its code as it was written, with a button that copies it", async () => {
    const write = vi.fn(async () => {});
    Object.defineProperty(navigator, "clipboard", { value: { writeText: write }, configurable: true });
    const page = shown('```ts\nconst a = "<b>&amp;</b>";\n```');

    expect(page.querySelector("pre code")?.textContent).toBe('const a = "<b>&amp;</b>";');
    page.querySelector<HTMLButtonElement>("button")!.click();
    expect(write).toHaveBeenCalledWith('const a = "<b>&amp;</b>";');
    await vi.waitFor(() => expect(page.querySelector("pre .keyword, pre [class*=keyword]")?.textContent).toBe("const"), { timeout: 10_000 });
  });

  test("keeps characters that mean something in HTML", () => {
    expect(shown("1 < 2 && a > b, <this> &lt; **that**").textContent?.trim()).toBe("1 < 2 && a > b, <this> &lt; that");
  });

  test("does not become part of the page's headings", () => {
    const page = shown("# Big");

    expect(page.querySelector("h1, h2, h3, h4, h5, h6")).toBeNull();
    expect(page.textContent?.trim()).toBe("Big");
  });
});

describe("a link", () => {
  test.each(["[site](https://example.com/a?b=c&d)", "https://example.com/a?b=c&d", "see https://example.com/a?b=c&d."])("opens in a new tab that knows nothing of this one: %s", (text) => {
    const link = shown(text).querySelector("a")!;

    expect(link.getAttribute("href")).toBe("https://example.com/a?b=c&d");
    expect(link.target).toBe("_blank");
    expect(link.rel).toBe("noopener noreferrer");
  });

  test.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
  ])("leads nowhere but to the web and mail: %s", (text) => {
    expect(shown(text).querySelector("a")).toBeNull();
  });

  test("stands in for a picture from elsewhere", () => {
    const page = shown("![a cat](https://example.com/cat.png)");

    expect(page.querySelector("img")).toBeNull();
    expect(page.querySelector("a")?.href).toBe("https://example.com/cat.png");
    expect(page.querySelector("a")?.textContent).toBe("a cat");
  });

  test("takes nothing from its address or title into its attributes", () => {
    const page = shown('[x](https://example.com/"onmouseover="alert(1)) [y](https://example.com \'" onclick="alert(1)\')');

    for (const element of page.querySelectorAll("*")) {
      expect(element.getAttributeNames().filter((name) => name.startsWith("on"))).toEqual([]);
    }
  });
});

describe("HTML in a message is text", () => {
  test.each([
    "<script>window.hacked = true</script>",
    "<img src=x onerror='window.hacked = true'>",
    "<img src=x onerror='window.hacked = true'",
    "<svg onload='window.hacked = true'>",
    "<div onclick='window.hacked = true'>click</div>",
    "<iframe src='https://example.com'></iframe>",
    "<a href='https://example.com' onclick='window.hacked = true'>x</a>",
    "<style>* { display: none }</style>",
    "<details open ontoggle='window.hacked = true'>",
    "<!-- hidden -->",
    "<form action='https://example.com'><input name='password'></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror='window.hacked = true'>",
  ])("%s", (html) => {
    const page = shown(`before\n\n${html}\n\nafter ${html}`);

    expect(page.querySelector("script, img, svg, iframe, style, details, form, input, math, [onclick], [onerror], [onload]")).toBeNull();
    expect(page.textContent?.replaceAll(/\s+/g, " ")).toContain(html.replaceAll(/\s+/g, " "));
    expect("hacked" in window).toBe(false);
  });
});

/** What explodes takes minutes; jsdom is several times slower than a browser, and the machine may be busy. */
const BUDGET = 20_000;

describe("a hostile message is shown quickly", () => {
  const cases: Readonly<Record<string, string>> = {
    "a line of 10,000 characters": "a".repeat(10_000),
    "a line of 10,000 spaces": `a${" ".repeat(10_000)}b`,
    "quotes nested 200 deep": `${"> ".repeat(200)}deep`,
    "many quotes nested 200 deep": `${"> ".repeat(200)}deep\n`.repeat(35),
    "quotes nested 16,000 deep": filled(">"),
    "quotes and lists nested in each other": filled("> - "),
    "lists nested in one line": filled("- "),
    "numbered lists nested in one line": filled("1. "),
    "lists nested line by line": Array.from({ length: 120 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n"),
    "a table of 2,600 rows": filled(`|a|b|\n|-|-|\n${"|x|y|\n".repeat(2_600)}`),
    "a table of 3,500 columns": `${"|a".repeat(3_500)}|\n${"|-".repeat(3_500)}|\n`,
    "brackets without end": filled("["),
    "links without end": filled("[a]("),
    "pictures without end": filled("![a]("),
    "stars": filled("*a "),
    "stars and underscores": filled("*a_"),
    "double stars": filled("a**b "),
    "strikes without end": filled("~~a "),
    "backticks of every length": Array.from({ length: 175 }, (_, length) => "`".repeat(length)).join(" "),
    "script tags": filled("<script>"),
    "open tags": filled("<a "),
    "comments without end": filled("<!--"),
    "addresses": filled("http://a.b "),
    "an address without end": `http://${"(".repeat(15_000)}`,
    "a mail address without end": `${"a.".repeat(7_990)}@`,
    "backslashes": filled("\\"),
    "headings": filled("# a\n"),
    "rules": filled("---\n"),
    "code fences": filled("```\n"),
    "a fence hidden in a tag": `<div>\n\`\`\`\n\n${"[a](".repeat(3_500)}`,
    "a fence hidden in a title": `[a]: b "c\n\`\`\`\n\n${"[a](".repeat(3_500)}`,
    "entities": filled("&amp"),
    "definitions": filled("[a]: b\n"),
  };

  test.each(Object.entries(cases))("%s", (_, text) => {
    const begin = performance.now();

    const page = shown(text);

    expect(performance.now() - begin).toBeLessThan(BUDGET);
    expect(page.textContent).not.toBe("");
  });

  test("as Markdown, if it is only long", () => {
    const row = "| [a link](https://example.com) | **bold** words | `code` |\n";
    const page = shown(`| a | b | c |\n|---|---|---|\n${row.repeat(100)}\n\n${"Some *words* and [a link](https://example.com).\n\n".repeat(30)}`);

    expect(page.querySelectorAll("tbody tr")).toHaveLength(100);
    expect(page.querySelectorAll("a")).toHaveLength(130);
  });

  test("at no greater depth than eight", () => {
    const page = shown(`${"> ".repeat(200)}deep`);

    expect(page.querySelectorAll("blockquote")).toHaveLength(8);
    expect(page.textContent?.trim()).toBe("deep");
  });
});
