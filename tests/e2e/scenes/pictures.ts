import { join } from "node:path";
import { scenes } from "./index.ts";
import { bring, test } from "./test.ts";

const folder = join(import.meta.dirname, "../screenshots");

for (const scene of scenes) {
  test(scene.name, async ({ stage }, { project }) => {
    if (scene.only !== undefined && scene.only !== project.name) {
      return;
    }
    await bring(stage, scene);
    for (const colorScheme of ["light", "dark"] as const) {
      await stage.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await stage.page.screenshot({ path: join(folder, `${project.name}-${colorScheme}`, `${scene.name}.png`), animations: "disabled" });
    }
  });
}
