import { chooseFor, composer, heading, listed, row } from "../support/conversation.ts";
import { newAccount, signUp } from "../support/person.ts";
import { addParticipant, createWorkflow, messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { openWorkflow } from "../support/workflows.ts";

const title = "Plan the mobile app";

test("Somebody new is told at each field what is wrong with it, and begins with an empty page that says what to do", async ({ page, server }) => {
  const taken = await signUp(server.url, "Marco");
  const account = newAccount("Sarah");
  const email = page.getByRole("textbox", { name: "Email" });
  const password = page.getByRole("textbox", { name: "Password" });
  await page.goto("/sign-up");
  await page.getByRole("textbox", { name: "Display name" }).fill(account.name);
  await email.fill(taken.email);
  await password.fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(password).toHaveAccessibleDescription(/must be 8 to 128 characters/i);
  await expect(password).toBeFocused();
  await expect(email).not.toHaveAttribute("aria-invalid", "true");

  await password.fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(email).toHaveAccessibleDescription(/There is an account with this address already/);
  await expect(email).toBeFocused();
  await expect(password).not.toHaveAttribute("aria-invalid", "true");

  await email.fill(account.email);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: `Welcome, ${account.name}` })).toBeVisible();
  await page.getByRole("button", { name: "Start your first one" }).click();
  await page.getByRole("textbox", { name: "Workflow title" }).fill(title);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(heading(page)).toHaveText(title);
  await expect(page.getByRole("heading", { name: "Nothing has been written yet" })).toBeVisible();
  await expect(composer(page)).toBeFocused();
});

test("Two people meet in a workflow and talk @postgres", async ({ sarah, marco }) => {
  await createWorkflow(sarah.page, title);
  await send(sarah.page, "Who are our first users?");
  await addParticipant(sarah.page, marco.email, marco.name);
  await send(sarah.page, "And what do they need?");
  const here = sarah.page.getByRole("img", { name: /here now/ });
  await expect(here).toHaveAccessibleName("2 people, 1 here now");

  // He finds it in his list, with what is new to him, there and in the title of his browser.
  await marco.page.goto("/");
  const entry = listed(marco.page, title);
  await expect(entry).toContainText("2 unread messages");
  await expect(entry).toContainText("Sarah: And what do they need?");
  await expect(marco.page).toHaveTitle(/^\(2\) Start/);
  // Who has the app open is present in the workflows of their list.
  await expect(here).toHaveAccessibleName("2 people, 2 here now");
  await send(sarah.page, "Third time lucky.");
  await expect(entry).toContainText("3 unread messages");
  await expect(marco.page).toHaveTitle(/^\(3\) Start/);

  await entry.click();
  await expect(marco.page.getByRole("separator").filter({ hasText: "New messages" })).toBeVisible();
  const asked = row(marco.page, "Who are our first users?");
  await expect(asked).toHaveAccessibleName(/^Sarah, /);
  await expect(asked.getByText("Sarah", { exact: true })).toBeVisible();
  await expect(entry).not.toContainText("unread");
  await expect(marco.page).toHaveTitle(`${title} – bmadServer`);

  await send(marco.page, "Founders without a terminal.");
  const own = row(marco.page, "Founders without a terminal.");
  await expect(own).toHaveAccessibleName(/^You, /);
  await expect(own.getByTitle("Sent")).toBeVisible();
  const answer = row(sarah.page, "Founders without a terminal.");
  await expect(answer).toHaveAccessibleName(/^Marco, /);
  await expect(answer.getByTitle("Sent")).toHaveCount(0);

  await marco.page.close();
  await expect(here).toHaveAccessibleName("2 people, 1 here now");
});

test("Who writes is seen writing, until they stop", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  const isWriting = sarah.page.getByText("Marco is writing…");
  // Typing is told to those who are there, once.
  for (const { page } of [marco, sarah]) {
    await expect(page.getByRole("img", { name: "2 people, 2 here now" })).toBeVisible();
  }

  await composer(marco.page).pressSequentially("Founders");
  await expect(isWriting).toBeVisible();
  await expect(marco.page.getByText(/is writing/)).toBeHidden();
  await composer(marco.page).clear();
  await expect(isWriting).toBeHidden();

  await composer(marco.page).pressSequentially("Founders without");
  await expect(isWriting).toBeVisible();
  await composer(marco.page).press("Enter");
  await expect(messages(sarah.page, "Founders without")).toBeVisible();
  await expect(isWriting).toBeHidden();
});

test("A reply quotes what it answers, and leads back to it", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await send(sarah.page, "Who are our first users?");
  await chooseFor(row(marco.page, "Who are our first users?"), "Reply");
  await expect(marco.page.getByText("Reply to Sarah")).toBeVisible();
  await expect(composer(marco.page)).toBeFocused();
  await send(sarah.page, Array.from({ length: 80 }, (_, line) => `Thought ${line + 1}`).join("\n"));
  await expect(marco.page.getByText("Thought 80")).toBeVisible();
  await send(marco.page, "Founders without a terminal.");
  await expect(marco.page.getByText("Reply to Sarah")).toBeHidden();

  // What lies between has taken the question out of sight.
  const question = sarah.page.getByRole("article").filter({ hasText: /^Who are our first users\?/ });
  const answer = row(sarah.page, "Founders without a terminal.");
  await expect(answer).toBeInViewport();
  await expect(question).not.toBeInViewport();
  await answer.getByRole("button", { name: "Sarah Who are our first users?" }).click();
  await expect(question).toBeInViewport();
  await expect(question).toBeFocused();
});

test("A message is changed and deleted in its place, for everybody", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await send(sarah.page, "Founders wihtout a terminal.");
  await send(sarah.page, "Never mind.");
  await expect(messages(marco.page, "Never mind.")).toBeVisible();

  await chooseFor(row(sarah.page, "Founders wihtout a terminal."), "Edit");
  const editor = sarah.page.getByRole("textbox", { name: "Edit message" });
  await expect(editor).toBeFocused();
  await editor.fill("Founders without a terminal.");
  await sarah.page.getByRole("button", { name: "Save" }).click();
  await chooseFor(row(sarah.page, "Never mind."), "Delete");
  await sarah.page.getByRole("dialog", { name: "Delete this message?" }).getByRole("button", { name: "Delete" }).click();

  const check = async () => {
    for (const { page } of [sarah, marco]) {
      const all = page.getByRole("log").getByRole("article");
      await expect(all).toHaveCount(2);
      await expect(all.first()).toContainText("Founders without a terminal.");
      await expect(all.first().getByText("edited")).toBeVisible();
      await expect(all.last()).toContainText("This message was deleted.");
      await expect(page.getByRole("log")).not.toContainText(/wihtout|Never mind/);
      await expect(listed(page, title)).toContainText("Message deleted");
    }
  };
  await check();
  await Promise.all([sarah, marco].map(({ page }) => page.reload()));
  await check();
});

test("Back and forward go through the workflows that were open, and a link opens one for whoever is in it alone", async ({ sarah, marco, server }) => {
  const [plan, launch] = await Promise.all(["Plan the app", "Launch the app"].map((title) => openWorkflow(server.url, sarah, title)));
  const { page } = sarah;
  await page.goto("/");
  for (const title of ["Plan the app", "Launch the app"]) {
    await listed(page, title).click();
    await expect(heading(page)).toHaveText(title);
    await expect(page).toHaveTitle(`${title} – bmadServer`);
  }

  await page.goBack();
  await expect(page).toHaveURL(plan!);
  await expect(heading(page)).toHaveText("Plan the app");
  await expect(listed(page, "Plan the app")).toHaveAttribute("aria-current", "page");
  await page.goForward();
  await expect(page).toHaveURL(launch!);
  await expect(heading(page)).toHaveText("Launch the app");

  await marco.page.goto(plan!);
  await expect(heading(marco.page)).toHaveText("This workflow is not here");
  await marco.page.getByRole("button", { name: "Go to the start page" }).click();
  await expect(heading(marco.page)).toHaveText("Start");
});
