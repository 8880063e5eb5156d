import type { BrowserContext, Page } from "@playwright/test";
import { composer } from "../support/conversation.ts";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { openWorkflow } from "../support/workflows.ts";

// The clock of a browser is that of all its tabs, as it is for people. A shift is like a machine that slept: timers that
// are due go off once, the connection is found to be lost and is made anew. The server's clock stays as it is.

const title = "Plan the mobile app";

/** Tabs of one browser with the workflow open, whose clock can be shifted. */
async function openTabs(context: BrowserContext, first: Page, address: string): Promise<readonly [Page, Page]> {
  await context.clock.install();
  const second = await context.newPage();
  for (const page of [first, second]) {
    await page.goto(address);
    await expect(composer(page)).toBeEnabled();
  }

  return [first, second];
}

function question(page: Page) {
  return page.getByRole("dialog", { name: "Are you still there?" });
}

function timeLeft(page: Page) {
  return question(page).getByRole("timer");
}

test("After 28 minutes every tab asks, counting down, and one answer is enough for all", async ({ sarah, server }) => {
  const tabs = await openTabs(sarah.context, sarah.page, await openWorkflow(server.url, sarah, title));
  const [one, other] = tabs;
  const { clock } = sarah.context;
  await clock.fastForward("27:00");
  for (const page of tabs) {
    await expect(composer(page)).toBeEnabled();
    await expect(question(page)).toBeHidden();
  }

  await clock.fastForward("01:00");
  for (const page of tabs) {
    await expect(question(page)).toBeVisible();
    await expect(question(page).getByRole("button", { name: "Stay signed in" })).toBeFocused();
    await expect(timeLeft(page)).toHaveText(/you will be signed out in 1:\d\d\.$/);
  }

  await clock.fastForward("00:30");
  await expect(timeLeft(one)).toHaveText(/in (1:[0-2]\d|0:\d\d)\.$/);
  // Moving the mouse is no answer: the time goes on.
  await one.mouse.move(10, 10);
  await one.mouse.move(200, 200);
  await clock.fastForward("00:20");
  await expect(timeLeft(one)).toHaveText(/in (1:0\d|0:\d\d)\.$/);
  await one.keyboard.press("Enter");
  for (const page of tabs) {
    await expect(question(page)).toBeHidden();
  }

  // It has begun anew: 27 minutes later nobody is asked, and what is written goes out.
  await clock.fastForward("27:00");
  await send(other, "Still here.");
  for (const page of tabs) {
    await expect(question(page)).toBeHidden();
    // So many shifts at once may each end a try to connect; the next one is then up to 36 s away.
    await expect(messages(page, "Still here.")).toBeVisible({ timeout: 45_000 });
  }
});

test("After 30 minutes every tab is signed out, says why, and leads back after signing in", async ({ sarah, server }) => {
  const address = await openWorkflow(server.url, sarah, title);
  const tabs = await openTabs(sarah.context, sarah.page, address);
  const [one, other] = tabs;
  await one.getByRole("textbox", { name: "Message" }).fill("Half a thought");
  const { clock } = sarah.context;
  await clock.fastForward("28:30");
  for (const page of tabs) {
    await expect(question(page)).toBeVisible();
  }

  await clock.fastForward("02:00");
  for (const page of tabs) {
    await expect(page).toHaveURL("/sign-in");
    await expect(page.getByRole("status")).toHaveText(/signed out because nothing was done for 30 minutes/);
    await expect(question(page)).toBeHidden();
  }

  // The server knows, too.
  await other.reload();
  await expect(other).toHaveURL("/sign-in");
  await expect(other.getByRole("button", { name: "Sign in" })).toBeVisible();
  await one.getByRole("textbox", { name: "Email" }).fill(sarah.email);
  await one.getByRole("textbox", { name: "Password" }).fill(sarah.password);
  await one.getByRole("button", { name: "Sign in" }).click();
  await expect(one).toHaveURL(address);
  await expect(composer(one)).toHaveValue("Half a thought");
});

test("A machine that slept for hours wakes up signed out", async ({ sarah, server }) => {
  const tabs = await openTabs(sarah.context, sarah.page, await openWorkflow(server.url, sarah, title));
  await sarah.context.clock.fastForward("08:00:00");
  for (const page of tabs) {
    await expect(page).toHaveURL("/sign-in");
    await expect(page.getByRole("status")).toHaveText(/signed out because nothing was done for 30 minutes/);
  }
});

test("What is done in one tab counts for the others", async ({ sarah, server }) => {
  const tabs = await openTabs(sarah.context, sarah.page, await openWorkflow(server.url, sarah, title));
  const [active, other] = tabs;
  const { clock } = sarah.context;
  for (let turn = 0; turn < 2; turn++) {
    await clock.fastForward("20:00");
    await active.keyboard.press("Shift");
  }

  for (const page of tabs) {
    await expect(composer(page)).toBeEnabled();
    await expect(question(page)).toBeHidden();
  }

  await clock.fastForward("27:00");
  await expect(question(other)).toBeHidden();
  await clock.fastForward("01:30");
  for (const page of tabs) {
    await expect(question(page)).toBeVisible();
    await expect(timeLeft(page)).toHaveText(/in (0:[0-5]\d|1:[0-3]\d)\.$/);
  }
});
