import { scenesFor } from "../scenes/index.ts";
import { bring, test as onStage } from "../scenes/test.ts";
import { violations } from "../support/axe.ts";
import { tooSmall, tooWide } from "../support/fit.ts";
import { englishLeftovers } from "../support/leftovers.ts";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";
import { openWorkflow } from "../support/workflows.ts";

/** The narrowest window that the app is made for. */
const width = 320;

/** Where a phone shows something else than a larger screen does. */
const differs = ["conversation", "list-unread", "people", "message-menu", "message-edit", "composer-commands", "connection-lost", "sessions", "settings", "sign-up"];

// In German, whose words are longer.
onStage.use({ stageOptions: { width, height: 640, language: "de" }, trace: "off" });

for (const scene of scenesFor(width)) {
  onStage(`${scene.name} fits ${width} pixels, in German and for fingers`, async ({ stage }) => {
    await bring(stage, scene);

    expect.soft(await tooWide(stage.page), "wider than the screen").toEqual([]);
    expect.soft(await tooSmall(stage.page), "too small for a finger").toEqual([]);
    expect.soft(await englishLeftovers(stage.page), "not in German").toEqual([]);
    if (differs.includes(scene.name)) {
      expect.soft(await violations(stage.page), "found by axe").toEqual([]);
    }
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 375, height: 720 }, isMobile: true, hasTouch: true, reducedMotion: "reduce" });

  test("The list is in a drawer, which closes on a choice and on Escape and gives the focus back", async ({ sarah, server }) => {
    const { page } = sarah;
    await page.goto(await openWorkflow(server.url, sarah, "Plan the mobile app"));
    const open = page.getByRole("button", { name: "Open the list of workflows" });
    const drawer = page.getByRole("dialog", { name: "Workflows and account" });
    const log = page.getByRole("log");
    await expect(page.getByRole("complementary")).toHaveCount(0);
    expect((await log.boundingBox())?.width, "the conversation has the whole width").toBe(375);

    await open.tap();
    await expect(drawer).toBeVisible();
    await expect(open).toHaveAttribute("aria-expanded", "true");
    await expect(drawer.getByRole("button", { name: "Close the list of workflows" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    await expect(open).toBeFocused();

    await open.tap();
    await drawer.getByRole("link", { name: "Personal" }).tap();
    await expect(page.getByRole("heading", { level: 1, name: "Personal" })).toBeVisible();
    await expect(drawer).toBeHidden();

    await open.tap();
    await drawer.getByRole("button", { name: "Close the list of workflows" }).tap();
    await expect(drawer).toBeHidden();
    await expect(open).toBeFocused();
  });

  test("A message is written and answered with taps alone", async ({ sarah, server }) => {
    const { page } = sarah;
    await page.goto(await openWorkflow(server.url, sarah, "Plan the mobile app"));
    await send(page, "Who are our first users?");
    const first = page.getByRole("log").getByRole("article").filter({ has: page.getByText("Who are our first users?") });
    await expect(first.getByText("Sent", { exact: true })).toBeAttached();
    await first.getByRole("button", { name: "Message actions" }).tap();
    await page.getByRole("menuitem", { name: "Reply" }).tap();
    await page.getByRole("textbox", { name: "Message" }).fill("Founders without a terminal.");
    await page.getByRole("button", { name: "Send" }).tap();

    await expect(messages(page, "Founders without a terminal.")).toBeVisible();
    await expect(page.getByRole("log").getByRole("button", { name: /^Sarah/ })).toBeVisible();
  });

  test("Above the on-screen keyboard stand the composer and the newest message", async ({ sarah, server }) => {
    const { page } = sarah;
    await page.goto(await openWorkflow(server.url, sarah, "Plan the mobile app"));
    for (let number = 1; number <= 12; number++) {
      await send(page, `Message number ${number}`);
      await expect(messages(page, `Message number ${number}`)).toBeVisible();
    }
    const message = page.getByRole("textbox", { name: "Message" });
    await message.tap();

    // What the browser makes of the page when the keyboard comes, because the page asks for it.
    await expect(page.locator("meta[name=viewport]")).toHaveAttribute("content", /interactive-widget=resizes-content/);
    await page.setViewportSize({ width: 375, height: 400 });

    await expect(message).toBeFocused();
    for (const shown of [message, page.getByRole("button", { name: "Send" }), messages(page, "Message number 12")]) {
      await expect(shown).toBeInViewport({ ratio: 1 });
    }
    await page.setViewportSize({ width: 375, height: 720 });
    await expect(messages(page, "Message number 12")).toBeInViewport({ ratio: 1 });
  });
});
