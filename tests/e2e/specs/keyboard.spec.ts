import type { Locator, Page } from "@playwright/test";
import { newAccount, signUp } from "../support/person.ts";
import { createWorkflow, messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

const messageBox = (page: Page) => page.getByRole("textbox", { name: "Message" });
const rows = (page: Page) => page.getByRole("log").getByRole("article");
const options = (page: Page) => page.getByRole("listbox", { name: "Commands" }).getByRole("option");

/** No page has more stops than this between two that a test goes to. */
const stops = 60;

/** Goes there with Tab, or Shift+Tab, as one who has no mouse does; each stop on the way can be seen. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press(key);
    // After the last stop comes the browser's own, and then the first one.
    if (!(await isNowhere(page))) {
      expect(await focusMark(page), `stop ${stop} of the way to ${target}`).not.toBe("");
    }
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error(`Nothing leads to ${target}.`);
}

/** What shows where the keyboard is: the outline, or the shadow or border of the element or of what frames it; empty when nothing does. */
function focusMark(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const element = document.activeElement as HTMLElement;
    const frames: Element[] = [];
    for (let frame: Element | null = element; frame && frames.length < 5; frame = frame.parentElement) {
      frames.push(frame);
    }
    const outlines = () =>
      frames.map((frame) => getComputedStyle(frame)).filter(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && outlineWidth !== "0px");
    const rest = () => frames.map((frame) => getComputedStyle(frame)).map(({ boxShadow, borderColor }) => `${boxShadow} ${borderColor}`);
    const settled = async () => {
      await new Promise(requestAnimationFrame);
      await Promise.allSettled(document.getAnimations().map((animation) => animation instanceof CSSTransition && animation.finished));
    };
    await settled();
    const [outline, focused] = [outlines()[0]?.outline, rest()];
    if (outline) {
      return outline;
    }
    // Without an outline, something has to look otherwise than it does without the focus.
    element.blur();
    await settled();
    const blurred = rest();
    element.focus();
    return focused.find((mark, place) => mark !== blurred[place]) ?? "";
  });
}

function isNowhere(page: Page): Promise<boolean> {
  return page.evaluate(() => !document.activeElement || document.activeElement === document.body);
}

test("Somebody signs in, makes a workflow and writes, with the keyboard alone", async ({ page, server }) => {
  const account = await signUp(server.url, "Sarah");
  await page.goto("/sign-in");
  await expect(page.getByRole("textbox", { name: "Email" })).toBeFocused();
  await page.keyboard.type(account.email);
  await tabTo(page, page.getByRole("textbox", { name: "Password" }));
  await page.keyboard.type(account.password);
  await page.keyboard.press("Enter");

  const create = page.getByRole("button", { name: "New workflow" }).first();
  await expect(create).toBeVisible();
  await tabTo(page, create);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Workflow title" })).toBeFocused();
  await page.keyboard.type("Plan the mobile app");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/w\/[0-9a-f-]{36}$/);

  await expect(messageBox(page)).toBeFocused();
  await page.keyboard.type("Who are our first users?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("And who are the next?");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toContainText(/Who are our first users\?\s*And who are the next\?/);
  await expect(messageBox(page)).toBeFocused();

  // Back to where the list of workflows is, and to another one.
  await tabTo(page, page.getByRole("link", { name: /Personal/ }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing has been written yet")).toBeVisible();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.getByRole("heading", { name: "Plan the mobile app" })).toBeVisible();
  await expect(messageBox(page)).toBeFocused();
});

test("Every stop of Tab on the pages can be seen", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await send(page, "A [link](https://example.com) and\n\n```ts\nconst code = 1;\n```");
  await expect(rows(page).getByText("Sent", { exact: true })).toBeAttached();

  // Round once, through everything that there is.
  await tabTo(page, page.getByRole("button", { name: "New workflow" }));
  await tabTo(page, page.getByRole("link", { name: /Personal/ }));
  await tabTo(page, page.getByRole("button", { name: "Sign out" }));
  await tabTo(page, page.getByRole("button", { name: /^People/ }));
  await tabTo(page, page.getByRole("log"));
  await tabTo(page, messageBox(page));
});

test("Enter sends or breaks the line, as one prefers, and Ctrl+Enter always sends", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  const text = (number: number) => rows(page).nth(number);

  await page.keyboard.type("One");
  await page.keyboard.press("Control+Enter");
  await expect(text(0)).toContainText("One");
  await page.keyboard.type("Two");
  await page.keyboard.press("Enter");
  await expect(text(1)).toContainText("Two");

  await tabTo(page, page.getByRole("button", { name: "Settings" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("dialog").getByRole("switch", { name: "Enter sends the message" }));
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("button", { name: "Settings" })).toBeFocused();

  await tabTo(page, messageBox(page));
  await page.keyboard.type("Three");
  await page.keyboard.press("Enter");
  await page.keyboard.type("and more");
  await expect(messageBox(page)).toHaveValue("Three\nand more");
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press("Control+Enter");
  await expect(text(2)).toContainText(/Three\s*and more/);
  await page.reload();
  await expect(page.getByText("Ctrl+Enter or ⌘+Enter sends")).toBeVisible();
});

test("The up arrow edits the last message, and Escape leaves it as it was", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await send(page, "Mine, the first");
  await send(page, "Mine, the last");
  await expect(rows(page).getByText("Sent", { exact: true })).toHaveCount(2);
  const editor = page.getByRole("textbox", { name: "Edit message" });

  // In a box with a text the key is the text's own.
  await page.keyboard.type("begun");
  await page.keyboard.press("ArrowUp");
  await expect(editor).toHaveCount(0);
  await messageBox(page).fill("");

  await page.keyboard.press("ArrowUp");
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue("Mine, the last");
  await page.keyboard.type(", changed");
  await page.keyboard.press("Escape");
  await expect(editor).toHaveCount(0);
  await expect(messageBox(page)).toBeFocused();
  await expect(messages(page, "Mine, the last")).toBeVisible();

  await page.keyboard.press("ArrowUp");
  await page.keyboard.type(" and final");
  await page.keyboard.press("Enter");
  await expect(messages(page, "Mine, the last and final")).toBeVisible();
  await expect(page.getByText("edited", { exact: true })).toBeVisible();
  await expect(messageBox(page)).toBeFocused();
});

test("The arrow keys go through the messages, and Enter shows what can be done", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  for (const number of [1, 2, 3]) {
    await send(page, `Point ${number}`);
  }
  await expect(rows(page).getByText("Sent", { exact: true })).toHaveCount(3);
  const menu = page.getByRole("menu");

  await tabTo(page, page.getByRole("log"), "Shift+Tab");
  await page.keyboard.press("ArrowUp");
  await expect(rows(page).nth(2)).toBeFocused();
  expect(await focusMark(page)).not.toBe("");
  await page.keyboard.press("Home");
  await expect(rows(page).nth(0)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(rows(page).nth(1)).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await expect(rows(page).nth(1)).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(menu.getByRole("menuitem")).toHaveText(["Reply", "Copy text", "Edit", "Delete"]);
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  expect(await isNowhere(page)).toBe(false);
  await expect(rows(page).nth(1).getByRole("button", { name: "Message actions" }).or(rows(page).nth(1)).and(page.locator(":focus"))).toBeVisible();

  // Delete, by way of the menu and the question.
  await page.keyboard.press("Enter");
  await expect(menu).toBeVisible();
  await expect.poll(async () => {
    await page.keyboard.press("ArrowDown");
    // The menu moves the focus with the next frame.
    return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(document.activeElement?.textContent)))));
  }).toBe("Delete");
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Delete this message?" });
  await expect(question).toBeVisible();
  await tabTo(page, question.getByRole("button", { name: "Delete" }));
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(rows(page).nth(1)).toContainText("This message was deleted.");
  await expect(rows(page).nth(1)).toBeFocused();
});

test("A reply is begun and left with the keyboard", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await send(page, "Point 1");
  await expect(rows(page).getByText("Sent", { exact: true })).toBeAttached();

  await tabTo(page, page.getByRole("log"), "Shift+Tab");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("r");
  await expect(page.getByText("Reply to Sarah")).toBeVisible();
  await expect(messageBox(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Reply to Sarah")).toBeHidden();
  await expect(messageBox(page)).toBeFocused();
});

test("The slash opens the commands, which the arrow keys go through", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  const chosen = options(page).and(page.getByRole("option", { selected: true }));

  await page.keyboard.type("/");
  await expect(options(page)).toHaveCount(6);
  await expect(chosen).toContainText("/help");
  await page.keyboard.press("ArrowDown");
  await expect(chosen).toContainText("/status");
  await expect(messageBox(page)).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id")) ?? "");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(chosen).toContainText("/leave");
  await page.keyboard.press("Escape");
  await expect(options(page)).toHaveCount(0);
  await expect(messageBox(page)).toHaveValue("/");

  await page.keyboard.type("st");
  await expect(options(page)).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: /^Active\. 1 person/ })).toBeVisible();
  await expect(messageBox(page)).toHaveValue("");

  await page.keyboard.type("/pa");
  await page.keyboard.press("Tab");
  await expect(messageBox(page)).toHaveValue("/pause");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /Paused/ })).toBeVisible();
  await page.keyboard.type("/resume");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /Paused/ })).toBeHidden();

  await page.keyboard.type("/inv");
  await page.keyboard.press("Enter");
  await expect(messageBox(page)).toHaveValue("/invite ");
  await page.keyboard.type(newAccount("Nobody").email);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "nobody has an account with this address" })).toBeVisible();

  await page.keyboard.type("/help");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(messageBox(page)).toBeFocused();
  await expect(rows(page)).toHaveCount(0);
});

test("Dialogs keep the focus while they are open, and give it back", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await tabTo(page, page.getByRole("log"), "Shift+Tab");
  const dialog = page.getByRole("dialog");

  /** Opens it with the key, goes round in it, and leaves it with Escape. */
  const visit = async (key: string, name: string | RegExp, from: Locator) => {
    await expect(from).toBeFocused();
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    const isInside = () => dialog.evaluate((element) => element.contains(document.activeElement));
    await expect.poll(isInside).toBe(true);
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press(stop < 8 ? "Tab" : "Shift+Tab");
      // Beside the dialog there are the browser's own stops only.
      expect((await isNowhere(page)) || (await isInside()), `stop ${stop} in ${name}`).toBe(true);
    }
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(from).toBeFocused();
  };

  await visit("?", "Keyboard shortcuts", page.getByRole("log"));
  await visit("Alt+n", "New workflow", page.getByRole("log"));
  const settings = page.getByRole("button", { name: "Settings" });
  await tabTo(page, settings, "Shift+Tab");
  await visit("Enter", "Settings", settings);
  const people = page.getByRole("button", { name: /^People/ });
  await tabTo(page, people);
  await visit("Enter", /People in/, people);
});

test("The question mark shows the shortcuts, and is a character where one writes", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await expect(messageBox(page)).toBeFocused();
  await page.keyboard.type("Why?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(messageBox(page)).toHaveValue("Why?");

  await tabTo(page, page.getByRole("log"), "Shift+Tab");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  for (const shortcut of ["Show this list", "New workflow", "Search workflows", "Send the message", "Edit your last message, in an empty box"]) {
    await expect(sheet.getByRole("term").filter({ hasText: shortcut })).toBeVisible();
  }

  // Keys of one character disturb some people, who switch them off.
  await tabTo(page, sheet.getByRole("switch", { name: "Shortcuts of a single key" }));
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await page.keyboard.press("?");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("searchbox", { name: "Search workflows" })).toBeFocused();
  await expect(sheet).toBeHidden();
});
