import type { Page } from "@playwright/test";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { openWorkflow } from "../support/workflows.ts";

const light = "rgb(255, 255, 255)";
const dark = "rgb(22, 23, 29)";

async function openSettings(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
}

async function choose(page: Page, option: string): Promise<void> {
  await page.getByRole("dialog").getByText(option, { exact: true }).click();
}

/** The grounds that the page was painted on, from the first picture on. */
async function groundsWhileLoading(page: Page): Promise<readonly string[]> {
  await page.addInitScript(() => {
    const grounds: string[] = [];
    Object.assign(window, { grounds });
    const look = () => {
      if (document.body) {
        grounds.push(getComputedStyle(document.body).backgroundColor);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.reload();
  await expect(page.getByRole("button", { name: "New workflow" }).first()).toBeVisible();
  const grounds = await page.evaluate(() => (window as unknown as { grounds: string[] }).grounds);
  expect(grounds.length, "pictures before the page was there").toBeGreaterThan(2);
  return [...new Set(grounds)];
}

for (const { chosen, system, ground } of [
  { chosen: "Dark", system: "light", ground: dark },
  { chosen: "Light", system: "dark", ground: light },
] as const) {
  test(`${chosen} stays ${chosen.toLowerCase()} on a ${system} system, from the first picture after a reload on`, async ({ sarah: { page } }) => {
    await page.emulateMedia({ colorScheme: system });
    await page.goto("/sessions");
    await openSettings(page);
    await choose(page, chosen);
    await expect(page.locator("body")).toHaveCSS("background-color", ground);

    expect(await groundsWhileLoading(page)).toEqual([ground]);
    for (const bar of await page.locator("meta[name=theme-color]").all()) {
      await expect(bar).toHaveAttribute("content", ground === dark ? "#16171d" : "#ffffff");
    }
  });
}

test("The theme follows the system while it is left to it, and every tab follows the setting", async ({ sarah: { page, context } }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/sessions");
  await expect(page.locator("body")).toHaveCSS("background-color", light);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("body")).toHaveCSS("background-color", dark);
  await expect(page.getByRole("button", { name: "New workflow" })).toHaveCSS("color", light);

  const tab = await context.newPage();
  await tab.emulateMedia({ colorScheme: "dark" });
  await tab.goto("/sessions");
  await openSettings(tab);
  await choose(tab, "Light");
  await expect(tab.locator("body")).toHaveCSS("background-color", light);
  await expect(page.locator("body")).toHaveCSS("background-color", light);

  await tab.getByRole("dialog").getByText("System", { exact: true }).first().click();
  await expect(page.locator("body")).toHaveCSS("background-color", dark);
});

test("Whoever wants less motion sees nothing move, and menus where they belong", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, "Plan the mobile app", [[marco, "contributor"]]);
  await sarah.page.emulateMedia({ reducedMotion: "reduce" });
  await Promise.all([sarah.page.goto(address), marco.page.goto(address)]);
  const moving = () => sarah.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
  // Typing is told to those who are there, once.
  for (const { page } of [marco, sarah]) {
    await expect(page.getByRole("img", { name: "2 people, 2 here now" })).toBeVisible();
  }
  await marco.page.getByRole("textbox", { name: "Message" }).pressSequentially("Who are");
  await expect(sarah.page.getByText("Marco is writing…")).toBeVisible();
  expect(await moving()).toBe(0);

  await sarah.page.getByRole("button", { name: "Actions for this workflow" }).click();
  await expect(sarah.page.getByRole("menuitem", { name: "Rename" })).toBeInViewport({ ratio: 1 });
  expect(await moving()).toBe(0);
  await sarah.page.keyboard.press("Escape");

  await sarah.page.emulateMedia({ reducedMotion: "no-preference" });
  await expect.poll(async () => {
    await marco.page.getByRole("textbox", { name: "Message" }).press("x");
    return moving();
  }).toBeGreaterThan(0);
});

test("The language can be chosen, and stays over a reload", async ({ sarah: { page } }) => {
  await page.goto("/sessions");
  await openSettings(page);
  await choose(page, "Deutsch");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("dialog", { name: "Einstellungen" })).toBeVisible();

  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Sitzungen" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.getByRole("button", { name: "Einstellungen" }).click();
  await choose(page, "English");
  await expect(page.getByRole("heading", { level: 1, name: "Sessions" })).toBeVisible();
});

test("The app can be installed, and opens without a network", async ({ sarah: { page, context }, request }) => {
  await page.goto("/sessions");
  const address = (await page.locator("link[rel=manifest]").getAttribute("href")) ?? "";
  const manifest = (await (await request.get(address)).json()) as {
    name: string;
    start_url: string;
    display: string;
    icons: { src: string; sizes: string; type: string; purpose?: string }[];
  };
  expect(manifest).toMatchObject({ name: "bmadServer", start_url: "/", display: "standalone" });
  expect(manifest.icons.some(({ purpose }) => purpose === "maskable")).toBe(true);
  for (const { src, sizes, type } of manifest.icons) {
    const size = await page.evaluate(async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect(sizes === "any" || size === sizes, `${src} is ${size}`).toBe(true);
    expect((await request.get(src)).headers()["content-type"]).toBe(type);
  }
  const devtools = await context.newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // Nothing can be installed in a window that leaves no traces, as those of tests are.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);

  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText("The server does not answer. Trying again…")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("heading", { level: 1, name: "Sessions" })).toBeVisible();
});

test("Title and icon of the tab say that something is unread", async ({ sarah, marco, server }) => {
  const address = await openWorkflow(server.url, sarah, "Plan the mobile app", [[marco, "contributor"]]);
  await sarah.page.goto("/sessions");
  await marco.page.goto(address);
  const icon = sarah.page.locator("link[rel=icon]");
  await expect(sarah.page).toHaveTitle("Sessions – bmadServer");
  await expect(icon).toHaveAttribute("href", "/icon.svg");
  await expect(sarah.page.getByRole("link", { name: "Plan the mobile app" })).toContainText("No messages yet");

  await send(marco.page, "Who are our first users?");
  await expect(sarah.page).toHaveTitle("(1) Sessions – bmadServer");
  await expect(icon).toHaveAttribute("href", "/icon-unread.svg");
  await send(marco.page, "And our second ones?");
  await expect(sarah.page).toHaveTitle("(2) Sessions – bmadServer");

  await sarah.page.getByRole("link", { name: "Plan the mobile app" }).click();
  await expect(messages(sarah.page, "And our second ones?")).toBeVisible();
  await expect(sarah.page).toHaveTitle("Plan the mobile app – bmadServer");
  await expect(icon).toHaveAttribute("href", "/icon.svg");
});

test("Messages are notified of on request, and only while nobody looks", async ({ sarah, marco, server }) => {
  const { page, context } = sarah;
  // Those that were shown, also when they are gone again.
  await page.addInitScript(() => {
    const shown: string[] = [];
    Object.assign(window, { shown });
    const show = ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
      shown.push(`${title} | ${options?.body}`);
      return show.call(this, title, options);
    };
  });
  const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
  await marco.page.goto(await openWorkflow(server.url, sarah, "Plan the mobile app", [[marco, "contributor"]]));
  await page.goto("/sessions");
  await page.evaluate(() => navigator.serviceWorker.ready);

  await context.grantPermissions(["notifications"]);
  await openSettings(page);
  await page.getByRole("switch", { name: "Desktop notifications" }).click();
  await expect(page.getByRole("switch", { name: "Desktop notifications" })).toBeChecked();
  await page.keyboard.press("Escape");
  await send(marco.page, "While you look");
  await expect(page).toHaveTitle(/^\(1\)/);

  // Pages of tests believe that they have the focus, unless told otherwise.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  await (await context.newPage()).bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(false);
  await send(marco.page, "While you are elsewhere");
  await expect.poll(shown).toEqual(["Plan the mobile app | Marco: While you are elsewhere"]);
});

test("Without the browser's permission there are no notifications, and the switch says so", async ({ sarah: { page } }) => {
  await page.goto("/sessions");
  await openSettings(page);
  await page.getByRole("switch", { name: "Desktop notifications" }).click();

  await expect(page.getByText("The browser does not allow notifications for this page.")).toBeVisible();
  await expect(page.getByRole("switch", { name: "Desktop notifications" })).not.toBeChecked();
});
