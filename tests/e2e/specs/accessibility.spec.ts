import { scenesFor } from "../scenes/index.ts";
import { bring, expect, test } from "../scenes/test.ts";
import { colourViolations, violations } from "../support/axe.ts";

const width = 1280;

test.use({ stageOptions: { width, height: 800, language: "en" } });

for (const scene of scenesFor(width)) {
  test(`axe finds nothing in ${scene.name}, light and dark`, async ({ stage }) => {
    await bring(stage, scene);
    expect(await violations(stage.page), "light").toEqual([]);

    await stage.page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await expect(stage.page.locator("html")).toHaveCSS("color-scheme", "dark");
    expect(await colourViolations(stage.page), "dark").toEqual([]);
  });
}
