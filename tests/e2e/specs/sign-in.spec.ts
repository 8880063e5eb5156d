import { newAccount, signUp } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test("Somebody makes an account, signs out and signs in again @postgres", async ({ page }) => {
  const account = newAccount("Sarah");
  await page.goto("/sign-up");
  await page.getByRole("textbox", { name: "Email" }).fill(account.email);
  await page.getByRole("textbox", { name: "Display name" }).fill(account.name);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("button", { name: "New workflow" }).first()).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");

  await page.getByRole("textbox", { name: "Email" }).fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "New workflow" }).first()).toBeVisible();
});

test("A wrong password is refused where it can be seen, and the page stays", async ({ page, server }) => {
  const account = await signUp(server.url, "Sarah");
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "Email" }).fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();

  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL("/sign-in");
});

test("Whoever is not signed in is sent to sign in, and then to where they wanted", async ({ page, server }) => {
  const account = await signUp(server.url, "Sarah");
  await page.goto("/sessions");
  await expect(page).toHaveURL("/sign-in");

  await page.getByRole("textbox", { name: "Email" }).fill(account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/sessions");
});

test("The sign-in outlives the server", async ({ sarah, server }) => {
  await sarah.page.goto("/");
  await expect(sarah.page.getByRole("button", { name: "New workflow" }).first()).toBeVisible();

  await server.kill();
  await server.start();
  await sarah.page.reload();

  await expect(sarah.page.getByRole("button", { name: "New workflow" }).first()).toBeVisible();
});
