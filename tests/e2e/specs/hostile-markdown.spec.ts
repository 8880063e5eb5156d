import type { BrowserContext, Locator, Page } from "@playwright/test";
import { heavy, html, links, pictures } from "../support/hostile.ts";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/surroundings.ts";

const rows = (page: Page) => page.getByRole("log").getByRole("article");

/** So long a hostile message may hold up the page, in milliseconds, on a machine that does other things as well. */
const patience = 30_000;

/** What must not be among messages. The icons in their margins are pictures of the app's own. */
const forbidden = [
  "script, style, link, iframe, object, embed, form, input, img, video, audio, math, base, meta, details",
  "svg:not([data-icon])",
  "[onerror], [onload], [onclick], [onfocus], [ontoggle], [srcdoc]",
].join();

/** Keeps what the browser asks for elsewhere than here, and what opens by itself. */
function watch(context: BrowserContext, page: Page, own: string): string[] {
  const seen: string[] = [];
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== own && !request.url().startsWith("data:")) {
      seen.push(request.url());
    }
  });
  page.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (popup) => seen.push(`window: ${popup.url()}`));
  return seen;
}

/** What is wider than the window gives it room: the page, the list or parts of messages. */
function excess(page: Page): Promise<string[]> {
  return page.getByRole("log").evaluate((log) => {
    const { left, right } = log.getBoundingClientRect();
    const frames = "[role=group], [role=region]";
    const wide = [...log.querySelectorAll("article, article *")]
      // What a table or a code block has to scroll is clipped by its frame.
      .filter((element) => !element.parentElement?.closest(frames))
      .filter((element) => element.getBoundingClientRect().right > right + 1 || element.getBoundingClientRect().left < left - 1)
      .map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 20)}`);
    return [...(document.documentElement.scrollWidth > window.innerWidth ? ["the page"] : []), ...wide];
  });
}

test("HTML in messages stays text, links lead to the web only, and pictures are not fetched", async ({ sarah, marco, server, programOf }) => {
  const program = await programOf(marco);
  const workflowId = await program.createWorkflow("A trap");
  await program.addParticipant(workflowId, sarah);
  const { page } = sarah;
  const seen = watch(sarah.context, page, server.url);
  await page.goto(`/w/${workflowId}`);
  await expect(page.getByRole("log")).toBeVisible();

  for (const text of [...html, ...links, ...pictures]) {
    await program.send(workflowId, text);
    // Each while it is on the screen: what would run by itself has had its time.
    const row = rows(page).last();
    await expect(row).toContainText(/[\w<[]/);
    await expect(page.getByRole("log").locator(forbidden), text).toHaveCount(0);
    if (html.includes(text)) {
      const words = text.replace(/```(html)?|[|\n]/g, " ").match(/<[^<>]+>/g) ?? [];
      for (const word of words) {
        await expect(row).toContainText(word);
      }
    } else if (links.includes(text)) {
      await expect(row).toContainText(text.startsWith("<") ? "javascript" : "click me");
      await expect(row.getByRole("link"), text).toHaveCount(0);
      await row.getByText(/click me|javascript/).first().click();
    } else {
      await expect(row).toContainText("a cat");
    }
  }
  for (const link of await page.getByRole("log").getByRole("link").all()) {
    await expect(link).toHaveAttribute("href", /^https:\/\//);
    await expect(link).toHaveAttribute("target", "_blank");
    await expect(link).toHaveAttribute("rel", /\bnoopener\b/);
  }

  await page.reload();
  await expect(rows(page).last()).toContainText("a cat");
  await expect(page.getByRole("log").locator(forbidden)).toHaveCount(0);
  await send(page, "Still here");
  await expect(messages(page, "Still here")).toBeVisible();
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(seen).toEqual([]);
});

test("Heavy messages neither stop the page nor make it wider than its window", async ({ sarah, marco, server, programOf }) => {
  const program = await programOf(marco);
  const workflowId = await program.createWorkflow("A burden");
  await program.addParticipant(workflowId, sarah);
  const { page } = sarah;
  const seen = watch(sarah.context, page, server.url);
  await page.goto(`/w/${workflowId}`);
  await expect(page.getByRole("log")).toBeVisible();

  for (const [name, text] of Object.entries(heavy)) {
    const begin = Date.now();
    await program.send(workflowId, text);
    await expect(rows(page).last(), name).toContainText("hostile", { timeout: patience });
    await page.getByRole("textbox", { name: "Message" }).fill(`After ${name}.`);
    await page.getByRole("button", { name: "Send" }).click();
    await expect(messages(page, `After ${name}.`)).toBeInViewport({ timeout: patience });
    expect(Date.now() - begin, name).toBeLessThan(patience);
    // Or the next one could stand before it.
    await expect(rows(page).filter({ hasText: `After ${name}.` })).toContainText("Sent");

    expect(await excess(page), name).toEqual([]);
  }

  // The same once more on a phone, from the last one up.
  await page.setViewportSize({ width: 320, height: 720 });
  await page.getByRole("log").focus();
  for (const name of Object.keys(heavy).toReversed()) {
    await page.keyboard.press("ArrowUp");
    await expect(rows(page).filter({ hasText: `After ${name}.` })).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(page.locator("article:focus")).toContainText("hostile");
    expect(await excess(page), `${name} on a phone`).toEqual([]);
  }
  expect(seen).toEqual([]);
});

/** Whether the word is written from left to right where it is found. */
function isLeftToRight(place: Locator, word: string): Promise<boolean> {
  return place.evaluate((element, text) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode as Text;
      const start = node.data.indexOf(text);
      if (start !== -1) {
        const [first, last] = [start, start + text.length - 1].map((at) => {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          return range.getBoundingClientRect().left;
        });
        return (first ?? NaN) < (last ?? NaN);
      }
    }
    throw new Error(`There is no ${text}.`);
  }, word);
}

test("Names and texts from right to left turn nothing round but themselves", async ({ marco, server, programOf, newPerson }) => {
  const eve = await newPerson("Eve \u202Eneve");
  const program = await programOf(eve);
  const workflowId = await program.createWorkflow("Title \u202Eeltit");
  await program.addParticipant(workflowId, marco);
  await program.send(workflowId, "Bye \u202Eeyb");
  await program.send(workflowId, "Hello");
  const { page } = marco;
  await page.goto(`${server.url}/w/${workflowId}`);

  const row = rows(page).filter({ hasText: "Bye" });
  await expect(row).toBeVisible();
  const time = (await row.locator("time > span").first().textContent()) ?? "";
  expect(await isLeftToRight(row, "neve"), "the name itself").toBe(false);
  expect(await isLeftToRight(row, time), "the time beside it").toBe(true);
  expect(await isLeftToRight(rows(page).filter({ hasText: "Hello" }), "Hello"), "the next message").toBe(true);
  const item = page.getByRole("link", { name: /Title/ });
  await expect(item).toContainText("Hello");
  expect(await isLeftToRight(item, "Hello"), "the newest message in the list").toBe(true);
});

test("A link opens in a tab of its own that knows nothing of this one", async ({ sarah, server, programOf }) => {
  const program = await programOf(sarah);
  const workflowId = await program.createWorkflow("A link");
  await program.send(workflowId, `See [the server](${server.url}/health/live) and ${server.url}/health/ready.`);
  const { page } = sarah;
  await page.goto(`/w/${workflowId}`);

  for (const [name, path] of [
    ["the server", "/health/live"],
    [`${server.url}/health/ready`, "/health/ready"],
  ] as const) {
    const opened = sarah.context.waitForEvent("page");
    await page.getByRole("log").getByRole("link", { name }).click();
    const tab = await opened;
    await tab.waitForURL(`**${path}`);
    expect(await tab.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
    await tab.close();
  }
  await expect(page).toHaveURL(`/w/${workflowId}`);
});

test("A code block has colours, and a button that copies exactly what was written", async ({ sarah, programOf }) => {
  const program = await programOf(sarah);
  const workflowId = await program.createWorkflow("Code");
  const code = 'const a = "<b>&amp;</b>"; // trailing  \n\n\tif (a) {\n\t\treturn `${a}` + \'\\n\' + "👩‍👩‍👧‍👦";\n\t}\n  \n# not a heading\n> not a quote';
  await program.send(workflowId, `Look:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nIs it right?`);
  const { page, context } = sarah;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`/w/${workflowId}`);

  const block = page.getByRole("region", { name: "Code, ts" });
  await expect(block.locator("span", { hasText: /^const$/ })).toBeVisible();
  const colours = await block.evaluate((element) => new Set([element, ...element.querySelectorAll("span")].map((part) => getComputedStyle(part).color)).size);
  expect(colours).toBeGreaterThan(2);

  await page.getByRole("button", { name: "Copy code" }).click();
  await expect(page.getByRole("button", { name: "Copy code" })).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
});
