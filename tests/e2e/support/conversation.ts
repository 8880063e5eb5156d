import type { Locator, Page } from "@playwright/test";

/** The parts of a conversation's page, by the names that they have for people. */

/** The message with this text, and not those that quote it: they come later. */
export function row(page: Page, text: string): Locator {
  return page
    .getByRole("log")
    .getByRole("article")
    .filter({ has: page.getByText(text, { exact: true }) })
    .first();
}

/** Chooses something from a message's menu. */
export async function chooseFor(message: Locator, action: "Reply" | "Edit" | "Delete"): Promise<void> {
  await message.hover();
  await message.getByRole("button", { name: "Message actions" }).click();
  await message.page().getByRole("menuitem", { name: action, exact: true }).click();
}

/** Chooses something from the menu of the open workflow. */
export async function chooseForWorkflow(page: Page, action: string): Promise<void> {
  await page.getByRole("button", { name: "Actions for this workflow" }).click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}

export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: "Message", exact: true });
}

/** A workflow's entry in the list beside the page. */
export function listed(page: Page, title: string): Locator {
  return page.getByRole("navigation", { name: "Workflows" }).getByRole("link", { name: title });
}

/** The heading of the page: the title of the workflow that is open. */
export function heading(page: Page): Locator {
  return page.getByRole("heading", { level: 1 });
}
