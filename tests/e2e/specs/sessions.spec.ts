import type { Locator, Page } from "@playwright/test";
import { heading } from "../support/conversation.ts";
import { expect, test } from "../support/test.ts";

/** Opens the page of sessions. A browser that shows its first page may not have its session yet. */
async function openSessions(page: Page, count: number): Promise<Locator> {
  const sessions = page.getByRole("main").getByRole("listitem");
  await expect(async () => {
    await page.goto("/sessions");
    await expect(page.getByRole("main").getByText("This device")).toBeVisible();
    await expect(sessions).toHaveCount(count, { timeout: 1000 });
  }).toPass();
  return sessions;
}

test("Each device is listed with this one marked, and one that is ended lands on the sign-in page", async ({ sarah, newBrowser }) => {
  const phone = await newBrowser(sarah);
  await phone.page.goto("/");
  await expect(heading(phone.page)).toHaveText("Start");
  const { page } = sarah;
  const sessions = await openSessions(page, 2);
  await expect(sessions.first()).toContainText("This device");
  await expect(sessions.last()).not.toContainText("This device");
  for (const session of await sessions.all()) {
    await expect(session).toContainText(/Chrome on \w+/);
    await expect(session).toContainText("Connected");
    await expect(session).toContainText(/Last seen/);
  }

  await sessions.last().getByRole("button", { name: /^End the session/ }).click();
  const question = page.getByRole("dialog", { name: "End this session?" });
  await question.getByRole("button", { name: "Keep" }).click();
  await expect(question).toBeHidden();
  await expect(sessions).toHaveCount(2);
  await sessions.last().getByRole("button", { name: /^End the session/ }).click();
  await question.getByRole("button", { name: "End" }).click();

  await expect(phone.page).toHaveURL("/sign-in");
  await expect(phone.page.getByRole("status")).toHaveText(/This session was ended, for example from another device/);
  await expect(sessions).toHaveCount(1);
  await expect(page.getByText("There is no other session.")).toBeVisible();

  // Its cookie has gone with it.
  await phone.page.goto("/");
  await expect(phone.page).toHaveURL("/sign-in");
  await page.reload();
  await expect(sessions).toHaveCount(1);
});

test("This device is marked as soon as it has its session, although the list came before", async ({ sarah }) => {
  const { page } = sarah;
  let connect = () => {};
  const mayConnect = new Promise<void>((resolve) => (connect = resolve));
  await page.routeWebSocket(/\/hubs\/chat/, async (socket) => {
    await mayConnect;
    socket.connectToServer();
  });
  const listed = page.waitForResponse(/\/api\/v1\/sessions$/);
  await page.goto("/sessions");
  await (await listed).finished();
  await expect(page.getByText("This device")).toBeHidden();

  connect();

  await expect(page.getByText("This device")).toBeVisible({ timeout: 13_000 });
});

test("All others can be ended at once; this one stays", async ({ sarah, newBrowser }) => {
  const phone = await newBrowser(sarah);
  const laptop = await newBrowser(sarah);
  const tab = await sarah.context.newPage();
  const others = [phone.page, laptop.page, tab];
  await Promise.all(others.map((page) => page.goto("/")));
  for (const page of others) {
    await expect(heading(page)).toHaveText("Start");
  }

  const { page } = sarah;
  const sessions = await openSessions(page, 4);
  await page.getByRole("button", { name: "End all other sessions" }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("3 sessions are ended at once. This device stays signed in.");
  await question.getByRole("button", { name: "End all other sessions" }).click();

  for (const other of others) {
    await expect(other).toHaveURL("/sign-in");
    await expect(other.getByRole("status")).toHaveText(/This session was ended/);
  }

  await expect(sessions).toHaveCount(1);
  await page.reload();
  await expect(sessions).toHaveCount(1);
  await expect(sessions).toContainText("This device");
});
