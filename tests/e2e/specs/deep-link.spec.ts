import { expect, test } from "../support/test.ts";

test("A link to a workflow leads there, also after a reload", async ({ sarah }) => {
  const { page } = sarah;
  await page.goto("/");
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("textbox", { name: "Workflow title" }).fill("Plan the mobile app");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page).toHaveURL(/\/w\/[0-9a-f-]{36}$/);
  const link = page.url();
  await expect(page.getByRole("log")).toBeVisible();

  await page.reload();
  await expect(page.getByRole("log")).toBeVisible();
  expect(page.url()).toBe(link);

  await page.goto("/sessions");
  await page.goto(link);
  await expect(page.getByRole("log")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL("/sessions");
  await page.goForward();
  await expect(page).toHaveURL(link);
  await expect(page.getByRole("log")).toBeVisible();
});
