import { createWorkflow } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

test("A link to a workflow leads there, after a reload and on the way back too", async ({ sarah }) => {
  const { page } = sarah;
  await createWorkflow(page, "Plan the mobile app");
  const link = page.url();

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
