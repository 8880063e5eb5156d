import { defineConfig } from "@playwright/test";
import type { StageOptions } from "./scenes/stage.ts";
import tests from "./playwright.config.ts";

const desktop: StageOptions = { width: 1280, height: 800, language: "en", isStill: true };
const phone: StageOptions = { width: 375, height: 720, language: "en", isStill: true, sharpness: 2 };

/** Takes pictures of every scene, in both themes and both sizes. */
export default defineConfig<object, { stageOptions: StageOptions }>({
  ...tests,
  testDir: "scenes",
  testMatch: "pictures.ts",
  use: { ...tests.use, trace: "off", screenshot: "off" },
  projects: [
    { name: "desktop", use: { stageOptions: desktop } },
    { name: "phone", use: { stageOptions: phone } },
  ],
});
