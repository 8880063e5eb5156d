import { expect, type Locator, type Page } from "@playwright/test";

/** What people do at a page, by the names that the controls have for them. */

/** Makes a workflow, which is then open. */
export async function createWorkflow(page: Page, title: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("textbox", { name: "Workflow title" }).fill(title);
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page).toHaveURL(/\/w\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("log")).toBeVisible();
}

/** Adds somebody to the open workflow. */
export async function addParticipant(page: Page, email: string, name: string): Promise<void> {
  await page.getByRole("button", { name: /^People/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Email" }).fill(email);
  await dialog.getByRole("button", { name: "Add participant" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: name })).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
}

/** Writes into the open workflow. What becomes of it is for the test to see. */
export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Where this text stands in the open conversation. */
export function messages(page: Page, text: string): Locator {
  return page.getByRole("log").getByText(text, { exact: true });
}
