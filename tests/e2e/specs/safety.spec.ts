import { expect, test } from "../support/test.ts";

test("A script in the page is refused, and the test hears of it", async ({ page, complaints }) => {
  await page.goto("/sign-in");

  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'taken over'";
    document.body.append(script);
  });

  await expect.poll(() => complaints.take().join()).toContain("script-src");
  await expect(page).not.toHaveTitle("taken over");
});

test("Swagger UI works under the policy of the app", async ({ page }) => {
  await page.goto("/swagger");
  const dialog = page.locator(".dialog-ux");
  await page.getByRole("button", { name: "Authorize" }).click();
  await dialog.getByRole("textbox").fill("not a token");
  await dialog.getByRole("button", { name: "Apply credentials" }).click();
  await dialog.getByRole("button", { name: "Close" }).last().click();

  const call = page.locator(".opblock-get", { hasText: "/api/v1/users/me" });
  await call.getByRole("button").first().click();
  await call.getByRole("button", { name: "Try it out" }).click();
  await call.getByRole("button", { name: "Execute" }).click();

  await expect(call.locator(".live-responses-table").getByRole("cell", { name: "401", exact: true })).toBeVisible();
});
