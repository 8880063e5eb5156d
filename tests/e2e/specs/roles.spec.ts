import { chooseFor, chooseForWorkflow, composer, heading, listed, row } from "../support/conversation.ts";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { openWorkflow } from "../support/workflows.ts";

const title = "Plan the mobile app";

test("A new title is everybody's at once", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await expect(heading(marco.page)).toHaveText(title);

  await chooseForWorkflow(sarah.page, "Rename");
  await sarah.page.getByRole("textbox", { name: "Workflow title" }).fill("Plan the web app");
  await sarah.page.getByRole("button", { name: "Save" }).click();

  for (const { page } of [sarah, marco]) {
    await expect(heading(page)).toHaveText("Plan the web app");
    await expect(listed(page, "Plan the web app")).toBeVisible();
    await expect(page).toHaveTitle("Plan the web app – bmadServer");
  }
});

test("Commands are chosen from the palette by keyboard, and do what they say", async ({ sarah, marco, newPerson, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await expect(composer(marco.page)).toBeEnabled();
  const { page } = sarah;
  const palette = page.getByRole("listbox", { name: "Commands" });
  const chosen = palette.getByRole("option", { selected: true });

  await composer(page).press("/");
  await expect(palette.getByRole("option")).toHaveCount(6);
  await expect(chosen).toContainText("/help");
  await composer(page).press("ArrowDown");
  await expect(chosen).toContainText("/status");
  await composer(page).press("ArrowDown");
  await expect(chosen).toContainText("/pause");
  await composer(page).press("Enter");
  await expect(palette).toBeHidden();
  await expect(composer(page)).toHaveValue("");
  for (const person of [sarah, marco]) {
    await expect(heading(person.page)).toContainText("Paused");
  }

  // What is paused can still be written in.
  await send(marco.page, "I go on in the meantime.");
  await expect(messages(page, "I go on in the meantime.")).toBeVisible();

  await composer(page).pressSequentially("/st");
  await expect(palette.getByRole("option")).toHaveCount(1);
  await composer(page).press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Paused. 2 people, 2 here now." })).toBeVisible();

  await composer(page).pressSequentially("/res");
  await composer(page).press("Tab");
  await expect(composer(page)).toHaveValue("/resume");
  await composer(page).press("Enter");
  for (const person of [sarah, marco]) {
    await expect(heading(person.page)).toHaveText(title);
  }

  const kim = await newPerson("Kim");
  await composer(page).pressSequentially("/inv");
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("/invite ");
  await composer(page).pressSequentially(`${kim.email} observer`);
  await composer(page).press("Enter");
  await expect(page.getByText(`${kim.email} has been added.`)).toBeVisible();
  await expect(page.getByRole("img", { name: "3 people" })).toBeVisible();

  // From the first one, up leads to the last.
  await composer(page).press("/");
  await composer(page).press("ArrowUp");
  await expect(chosen).toContainText("/leave");
  await composer(page).press("Escape");
  await expect(palette).toBeHidden();
  await composer(page).fill("/help");
  await composer(page).press("Enter");
  const help = page.getByRole("dialog", { name: "Commands" });
  await expect(help).toContainText("/invite");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await expect(page.getByRole("log").getByRole("article")).toHaveCount(1);
});

test("What only owners may do is refused to others in words, and so is leaving without an owner", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  for (const command of ["/pause", `/invite ${sarah.email}`]) {
    await composer(marco.page).fill(command);
    await composer(marco.page).press("Enter");
    await expect(marco.page.getByRole("alert")).toHaveText(/only owners may do that/);
    await marco.page.getByRole("alert").getByRole("button", { name: "Dismiss" }).click();
  }

  await marco.page.getByRole("button", { name: "People, 2 people" }).click();
  const people = marco.page.getByRole("dialog");
  await expect(people.getByRole("button", { name: /Remove/ })).toHaveCount(0);
  await expect(people.getByText("Only owners can add and remove people.")).toBeVisible();
  await expect(heading(sarah.page)).toHaveText(title);

  await composer(sarah.page).fill("/leave");
  await composer(sarah.page).press("Enter");
  await sarah.page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(sarah.page.getByRole("alert")).toHaveText(/the last owner cannot leave/);
  await expect(sarah.page).toHaveURL(address);
});

for (const [choice, status] of [
  ["Complete", "Completed"],
  ["Cancel workflow", "Cancelled"],
] as const) {
  test(`"${choice}" closes the composer for everybody, with the reason`, async ({ sarah, marco, server }) => {
    const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
    await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
    await send(marco.page, "Is this the end?");
    await expect(messages(sarah.page, "Is this the end?")).toBeVisible();

    await chooseForWorkflow(sarah.page, choice);
    await sarah.page.getByRole("dialog").getByRole("button", { name: choice }).click();

    for (const { page } of [sarah, marco]) {
      await expect(heading(page)).toHaveText(`${title}${status}`);
      await expect(composer(page)).toBeDisabled();
      await expect(composer(page)).toHaveAccessibleDescription("This workflow is closed. Nothing can be written any more.");
      await expect(messages(page, "Is this the end?")).toBeVisible();
    }

    await expect(listed(marco.page, title).getByRole("img", { name: status })).toBeVisible();
    await row(marco.page, "Is this the end?").hover();
    await row(marco.page, "Is this the end?").getByRole("button", { name: "Message actions" }).click();
    await expect(marco.page.getByRole("menuitem")).toHaveText(["Copy text"]);
  });
}

test("An observer reads, and cannot write", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title);
  const { page } = sarah;
  await page.goto(address);
  await page.getByRole("button", { name: "People, 1 person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Email" }).fill("nobody@example.com");
  await dialog.getByRole("button", { name: "Add participant" }).click();
  await expect(dialog.getByRole("textbox", { name: "Email" })).toHaveAccessibleDescription(/Nobody has an account with this address/);
  await dialog.getByRole("textbox", { name: "Email" }).fill(marco.email);
  await dialog.getByRole("combobox", { name: "Role" }).click();
  await page.getByText("Reads only.").click();
  await dialog.getByRole("button", { name: "Add participant" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: marco.name })).toContainText("Observer");
  await dialog.getByRole("button", { name: "Close" }).click();

  await marco.page.goto(address);
  await expect(composer(marco.page)).toBeDisabled();
  await expect(composer(marco.page)).toHaveAccessibleDescription("You are an observer here: you can read, but not write.");
  await expect(marco.page.getByRole("button", { name: "Send" })).toBeDisabled();
  await send(page, "For your eyes.");
  await expect(messages(marco.page, "For your eyes.")).toBeVisible();
  await row(marco.page, "For your eyes.").hover();
  await row(marco.page, "For your eyes.").getByRole("button", { name: "Message actions" }).click();
  await expect(marco.page.getByRole("menuitem")).toHaveText(["Copy text"]);
});

test("Whoever is removed while looking is told at once, and finds the way on", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await send(marco.page, "I am here.");
  await expect(messages(sarah.page, "I am here.")).toBeVisible();
  await composer(marco.page).pressSequentially("And I am writ");

  await sarah.page.getByRole("button", { name: "People, 2 people" }).click();
  await sarah.page.getByRole("button", { name: "Remove Marco" }).click();
  await sarah.page.getByRole("dialog", { name: "Remove Marco?" }).getByRole("button", { name: "Remove", exact: true }).click();

  await expect(heading(marco.page)).toHaveText("This workflow is not here");
  await expect(marco.page.getByText("you are no longer one of its participants")).toBeVisible();
  await expect(listed(marco.page, title)).toHaveCount(0);
  await marco.page.getByRole("button", { name: "Go to the start page" }).click();
  await expect(marco.page.getByRole("heading", { name: "Welcome, Marco" })).toBeVisible();

  await sarah.page.getByRole("button", { name: "Close" }).click();
  await expect(sarah.page.getByRole("img", { name: "1 person, 1 here now" })).toBeVisible();
  await expect(sarah.page.getByText("Marco is writing…")).toBeHidden();
  await expect(messages(sarah.page, "I am here.")).toBeVisible();
});

test("Whoever leaves is out at once, and an owner can bring them back", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await composer(marco.page).fill("/leave");
  await composer(marco.page).press("Enter");
  await marco.page.getByRole("dialog", { name: "Leave this workflow?" }).getByRole("button", { name: "Leave" }).click();

  await expect(marco.page.getByRole("heading", { name: "Welcome, Marco" })).toBeVisible();
  await expect(listed(marco.page, title)).toHaveCount(0);
  await expect(sarah.page.getByRole("img", { name: "1 person" })).toBeVisible();

  await composer(sarah.page).fill(`/invite ${marco.email}`);
  await composer(sarah.page).press("Enter");
  await expect(sarah.page.getByRole("img", { name: "2 people" })).toBeVisible();
  await marco.page.goto(address);
  await send(marco.page, "Back again.");
  await expect(messages(sarah.page, "Back again.")).toBeVisible();

  await chooseForWorkflow(marco.page, "Leave");
  await marco.page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(marco.page.getByRole("heading", { name: "Welcome, Marco" })).toBeVisible();
  await expect(listed(marco.page, title)).toHaveCount(0);
});

test("An owner may delete what others wrote, and not change it", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, title, [[marco, "contributor"]]);
  await Promise.all([sarah, marco].map(({ page }) => page.goto(address)));
  await send(marco.page, "Off topic.");
  await row(sarah.page, "Off topic.").hover();
  await row(sarah.page, "Off topic.").getByRole("button", { name: "Message actions" }).click();
  await expect(sarah.page.getByRole("menuitem")).toHaveText(["Reply", "Copy text", "Delete"]);
  await sarah.page.keyboard.press("Escape");

  await chooseFor(row(sarah.page, "Off topic."), "Delete");
  await sarah.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(marco.page.getByRole("log").getByRole("article")).toContainText("This message was deleted.");
});
