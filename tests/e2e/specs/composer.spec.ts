import type { Page } from "@playwright/test";
import { createWorkflow, messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

/** The server's, in UTF-16 code units; docs/operations.md. */
const limit = 16_000;

const messageBox = (page: Page) => page.getByRole("textbox", { name: "Message" });

/** Puts the text into the box in the way that people do it with a long one. */
async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await messageBox(page).press("ControlOrMeta+v");
}

async function heightOf(page: Page): Promise<number> {
  return (await messageBox(page).boundingBox())?.height ?? NaN;
}

test("The composer grows with the text, up to a point, and the newest message stays in sight", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await send(page, "Many lines\n".repeat(60));
  await send(page, "The newest");
  await expect(messages(page, "The newest")).toBeInViewport();
  const one = await heightOf(page);

  await messageBox(page).fill("one\ntwo\nthree\nfour\nfive");
  await expect.poll(() => heightOf(page)).toBeGreaterThan(3 * one);
  await expect(messages(page, "The newest")).toBeInViewport();

  await messageBox(page).fill("line\n".repeat(200));
  await expect.poll(() => heightOf(page)).toBeGreaterThan(6 * one);
  expect(await heightOf(page)).toBeLessThan(14 * one);
  await expect(messages(page, "The newest")).toBeInViewport();

  await messageBox(page).fill("");
  await expect.poll(() => heightOf(page)).toBe(one);
});

test("The character count turns red above the limit, and nothing too long can be sent", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  const button = page.getByRole("button", { name: "Send" });
  const count = page.getByRole("status").filter({ hasText: /^[\d,]+ of [\d,]+ characters/ });
  const colour = () => count.evaluate((element) => getComputedStyle(element).color);
  await expect(button).toBeDisabled();

  await messageBox(page).fill("short");
  await expect(button).toBeEnabled();
  await expect(count).toHaveCount(0);

  // A character outside of the basic plane counts for two, as it does for the server.
  await messageBox(page).fill("🙂".repeat(limit / 2));
  await expect(count).toHaveText(/^16,?000 of 16,?000 characters$/);
  await expect(button).toBeEnabled();
  const calm = await colour();

  await messageBox(page).press("End");
  await messageBox(page).pressSequentially("x");
  await expect(count).toHaveText(/^16,?001 of 16,?000 characters: 1 too many$/);
  await expect(button).toBeDisabled();
  const [red = 0, green = 0, blue = 0] = (await colour()).match(/\d+/g)?.map(Number) ?? [];
  expect(await colour()).not.toBe(calm);
  expect(red).toBeGreaterThan(2 * Math.max(green, blue));
  await messageBox(page).press("Control+Enter");
  await expect(messageBox(page)).not.toHaveValue("");
  await expect(page.getByRole("log").getByRole("article")).toHaveCount(0);

  await messageBox(page).press("Backspace");
  await expect(button).toBeEnabled();
  await messageBox(page).press("Control+Enter");
  await expect(messageBox(page)).toHaveValue("");
  await expect(page.getByRole("log").getByRole("article").getByText("Sent", { exact: true })).toBeAttached();
});

test("Each workflow keeps its own draft, also over a reload", async ({ sarah: { page } }) => {
  const drafts = new Map<string, string>();
  for (const title of ["First workflow", "Second workflow"]) {
    await createWorkflow(page, title);
    await expect(messageBox(page)).toHaveValue("");
    drafts.set(title, `Half of a thought about the ${title.toLowerCase()}\nand its second line`);
    await messageBox(page).fill(drafts.get(title) ?? "");
  }
  for (const reload of [false, true]) {
    for (const [title, draft] of drafts) {
      await page.getByRole("link", { name: title }).click();
      await expect(page.getByRole("heading", { name: title })).toBeVisible();
      if (reload) {
        await page.reload();
      }
      await expect(messageBox(page)).toHaveValue(draft);
    }
  }

  // What is sent is no draft any more.
  await page.getByRole("button", { name: "Send" }).click();
  await expect(messageBox(page)).toHaveValue("");
  await page.reload();
  await expect(page.getByRole("log").getByRole("article")).toHaveCount(1);
  await expect(messageBox(page)).toHaveValue("");
});

test("A reply and a change that were begun are still there after a reload", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  await send(page, "Who are our first users?");
  const row = page.getByRole("log").getByRole("article");
  await expect(row.getByText("Sent", { exact: true })).toBeAttached();

  // A message that was acknowledged is there a moment later.
  await expect(async () => {
    await messageBox(page).press("ArrowUp", { timeout: 1_000 });
    await expect(page.getByRole("textbox", { name: "Edit message" })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.getByRole("textbox", { name: "Edit message" }).fill("Who are our very first users?");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Edit message" })).toHaveValue("Who are our very first users?");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(messages(page, "Who are our very first users?")).toBeVisible();

  await row.hover();
  await row.getByRole("button", { name: "Message actions" }).click();
  await page.getByRole("menuitem", { name: "Reply" }).click();
  await messageBox(page).fill("Founders");
  await page.reload();
  await expect(page.getByText("Reply to Sarah")).toBeVisible();
  await messageBox(page).press("Control+Enter");
  await expect(row.last().getByRole("button", { name: "Sarah Who are our very first users?" })).toBeVisible();
});

test("A long text that is pasted can become a code block", async ({ sarah: { page } }) => {
  await createWorkflow(page, "Plan the mobile app");
  const code = "first();\n  second(`${a}`);\n\nif (x) {\n\tthird();\n}";
  const offer = page.getByRole("button", { name: "Make it a code block" });

  await paste(page, "two\nlines");
  await expect(messageBox(page)).toHaveValue("two\nlines");
  await expect(offer).toHaveCount(0);

  await messageBox(page).fill("Look:");
  await paste(page, code);
  await expect(messageBox(page)).toHaveValue(`Look:${code}`);
  await expect(page.getByRole("status").filter({ hasText: "You pasted 6 lines." })).toBeVisible();
  await offer.click();
  await expect(messageBox(page)).toHaveValue(`Look:\n\`\`\`\n${code}\n\`\`\`\n`);
  await expect(messageBox(page)).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("region", { name: "Code" })).toHaveText(code, { useInnerText: true });

  // The offer can be declined; the text stays as it was pasted.
  await paste(page, code);
  await expect(offer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(offer).toHaveCount(0);
  await expect(messageBox(page)).toHaveValue(code);
});
