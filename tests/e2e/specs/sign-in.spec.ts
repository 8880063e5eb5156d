import { heading } from "../support/conversation.ts";
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

test("A new password signs out everywhere else, and the old one is good no more", async ({ sarah, newBrowser }) => {
  const phone = await newBrowser(sarah);
  await phone.page.goto("/");
  await expect(heading(phone.page)).toHaveText("Start");
  const { page } = sarah;
  await page.goto("/");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Change password" }).click();
  const dialog = page.getByRole("dialog", { name: "Change password" });
  const [current, next] = [dialog.getByRole("textbox", { name: "Current password" }), dialog.getByRole("textbox", { name: "New password" })];
  const submit = dialog.getByRole("button", { name: "Change password" });
  await expect(current).toBeFocused();

  await current.fill("not the password");
  await next.fill("a kettle sings at dawn");
  await submit.click();
  await expect(dialog.getByText("The current password is wrong, or was wrong too often in the last minutes.")).toBeVisible();
  await expect(current).toBeFocused();

  await current.fill(sarah.password);
  await next.fill("password1");
  await submit.click();
  await expect(next).toHaveAccessibleDescription(/must not be one of the common ones/);
  await expect(next).toBeFocused();

  await next.fill("a kettle sings at dawn");
  await next.press("Enter");
  // First, since it passes.
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await expect(dialog).toBeHidden();
  await expect(phone.page).toHaveURL("/sign-in");
  await page.reload();
  await expect(heading(page)).toHaveText("Start");

  await phone.page.getByRole("textbox", { name: "Email" }).fill(sarah.email);
  await phone.page.getByRole("textbox", { name: "Password" }).fill(sarah.password);
  await phone.page.getByRole("button", { name: "Sign in" }).click();
  await expect(phone.page.getByRole("alert")).toContainText("Email or password is wrong.");
  await phone.page.getByRole("textbox", { name: "Password" }).fill("a kettle sings at dawn");
  await phone.page.getByRole("button", { name: "Sign in" }).click();
  await expect(heading(phone.page)).toHaveText("Start");
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
