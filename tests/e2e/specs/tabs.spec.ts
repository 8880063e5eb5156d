import type { Page } from "@playwright/test";
import { composer, heading, listed, row } from "../support/conversation.ts";
import type { Person } from "../support/person.ts";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { openWorkflow } from "../support/workflows.ts";

const title = "Plan the mobile app";

/** Three tabs of one browser at this address. */
async function openTabs({ context, page }: Person, address: string): Promise<readonly [Page, Page, Page]> {
  const tabs = [page, await context.newPage(), await context.newPage()] as const;
  await Promise.all(tabs.map((tab) => tab.goto(address)));
  return tabs;
}

function signedInAs(page: Page, name: string) {
  return page.getByRole("group", { name: `Signed in as ${name}` });
}

test("A message that is sent in one tab stands in all three once, and each is a session of its own @postgres", async ({ sarah, server }) => {
  const tabs = await openTabs(sarah, await openWorkflow(server.url, sarah, title));
  for (const tab of tabs) {
    await expect(composer(tab)).toBeEnabled();
  }

  const texts = ["From the first.", "From the second.", "From the third."];
  await Promise.all(tabs.map((tab, place) => send(tab, texts[place]!)));
  const check = async () => {
    for (const tab of tabs) {
      await expect(tab.getByRole("log").getByRole("article")).toHaveCount(3);
      for (const text of texts) {
        await expect(messages(tab, text)).toHaveCount(1);
        await expect(row(tab, text)).toHaveAccessibleName(/^You, /);
        await expect(row(tab, text).getByTitle("Sent")).toBeVisible();
      }
    }
  };
  await check();
  await Promise.all(tabs.map((tab) => tab.reload()));
  await check();

  const [first, second] = tabs;
  await second.goto("/sessions");
  const sessions = second.getByRole("main").getByRole("listitem");
  await expect(sessions).toHaveCount(3);
  await expect(sessions.filter({ hasText: "This device" })).toHaveCount(1);
  await expect(sessions.filter({ hasText: "Not connected" })).toHaveCount(0);
  // Whom one sees here now is a person, however many tabs they have.
  await expect(first.getByRole("img", { name: "1 person, 1 here now" })).toBeVisible();
});

test("What is read in one tab is read in all", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  const tabs = await openTabs(sarah, "/sessions");
  await marco.page.goto(address);
  await send(marco.page, "Have you seen this?");
  await send(marco.page, "And this?");
  for (const tab of tabs) {
    await expect(listed(tab, title)).toContainText("2 unread messages");
    await expect(tab).toHaveTitle(/^\(2\) Sessions/);
  }

  await listed(tabs[1], title).click();
  await expect(messages(tabs[1], "And this?")).toBeVisible();
  for (const tab of tabs) {
    await expect(listed(tab, title)).not.toContainText("unread");
    await expect(tab).not.toHaveTitle(/^\(/);
  }

  // A reload asks the server, which knows it as well.
  await tabs[2].reload();
  await expect(listed(tabs[2], title)).toContainText("And this?");
  await expect(listed(tabs[2], title)).not.toContainText("unread");
});

test("A draft outlives its tab, belongs to its workflow, and goes when it is sent", async ({ sarah, server }) => {
  const [plan, launch] = await Promise.all([title, "Launch"].map((name) => openWorkflow(server.url, sarah, name)));
  const { page } = sarah;
  await page.goto(plan!);
  await composer(page).fill("Half a thought");
  await page.reload();
  await expect(composer(page)).toHaveValue("Half a thought");
  await listed(page, "Launch").click();
  await expect(heading(page)).toHaveText("Launch");
  await expect(composer(page)).toHaveValue("");
  await composer(page).fill("Another one");

  const tab = await sarah.context.newPage();
  await page.close();
  await tab.goto(plan!);
  await expect(composer(tab)).toHaveValue("Half a thought");
  await composer(tab).press("Enter");
  await expect(row(tab, "Half a thought").getByTitle("Sent")).toBeVisible();
  await tab.reload();
  await expect(messages(tab, "Half a thought")).toBeVisible();
  await expect(composer(tab)).toHaveValue("");
  await tab.goto(launch!);
  await expect(composer(tab)).toHaveValue("Another one");
});

test("Signing out in one tab signs out all; signing in there signs all in, also as somebody else", async ({ sarah, server, newPerson }) => {
  const address = await openWorkflow(server.url, sarah, title);
  const tabs = await openTabs(sarah, address);
  for (const tab of tabs) {
    await expect(composer(tab)).toBeEnabled();
  }

  const [first, ...others] = tabs;
  await send(first, "For nobody else.");
  await first.getByRole("button", { name: "Sign out" }).click();
  await expect(first.getByRole("status")).toHaveText("You are signed out.");
  for (const tab of others) {
    await expect(tab.getByRole("status")).toHaveText("You signed out in another tab or on another page of this browser.");
  }

  for (const tab of tabs) {
    await expect(tab).toHaveURL("/sign-in");
  }

  const signIn = async (tab: Page, email: string, password: string) => {
    await tab.getByRole("textbox", { name: "Email" }).fill(email);
    await tab.getByRole("textbox", { name: "Password" }).fill(password);
    await tab.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn(others[0]!, sarah.email, sarah.password);
  for (const tab of tabs) {
    await expect(signedInAs(tab, "Sarah")).toBeVisible();
  }

  // Whoever was sent away comes back to where they were.
  for (const tab of others) {
    await expect(messages(tab, "For nobody else.")).toBeVisible();
  }

  await first.getByRole("button", { name: "Sign out" }).click();
  const kim = await newPerson("Kim");
  await signIn(first, kim.email, kim.password);
  for (const tab of tabs) {
    await expect(signedInAs(tab, "Kim")).toBeVisible();
    await expect(tab.getByText("For nobody else.")).toHaveCount(0);
    await expect(listed(tab, title)).toHaveCount(0);
  }
});

test("Tabs that are loaded anew, one or all at once, stay signed in while the others go on", async ({ sarah, server }) => {
  const tabs = await openTabs(sarah, await openWorkflow(server.url, sarah, title));
  const [first, second, third] = tabs;
  for (let turn = 1; turn <= 3; turn++) {
    await Promise.all([first.reload(), send(second, `Second, ${turn}`), send(third, `Third, ${turn}`)]);
    for (const text of [`Second, ${turn}`, `Third, ${turn}`]) {
      await expect(messages(first, text)).toHaveCount(1);
    }
  }

  for (let turn = 1; turn <= 2; turn++) {
    await Promise.all(tabs.map((tab) => tab.reload()));
  }

  for (const tab of tabs) {
    await expect(tab.getByRole("log").getByRole("article")).toHaveCount(6);
    await expect(composer(tab)).toBeEnabled();
  }

  await Promise.all(tabs.map((tab, place) => send(tab, `After it all, ${place}`)));
  for (const tab of tabs) {
    await expect(tab.getByRole("log").getByRole("article")).toHaveCount(9);
  }
});

test("A reload in the middle of renewing the sign-in keeps it", async ({ sarah, server }) => {
  const { page } = sarah;
  const address = await openWorkflow(server.url, sarah, title);
  for (let turn = 1; turn <= 3; turn++) {
    const renewal = page.waitForRequest("**/api/v1/auth/refresh");
    await page.goto(address, { waitUntil: "commit" });
    await renewal;
  }

  await page.reload();
  await expect(signedInAs(page, "Sarah")).toBeVisible();
  await expect(composer(page)).toBeEnabled();
});
