import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "../support/test.ts";

for (const path of ["/sign-in", "/sign-up"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing at ${path}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(path);
      await expect(page.getByRole("textbox", { name: "Email" })).toBeVisible();

      const { violations } = await new AxeBuilder({ page }).analyze();

      expect(violations).toEqual([]);
    });
  }
}
