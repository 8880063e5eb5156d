import { defineConfig } from "@playwright/test";
import type { StageOptions } from "./scenes/stage.ts";
import tests from "./playwright.config.ts";

const { projects: _, ...common } = tests;

const desktop: StageOptions = { width: 1280, height: 800, language: "en", isStill: true };
const phone: StageOptions = { width: 375, height: 720, language: "en", isStill: true, sharpness: 2 };

/**
 * `npm run screenshots` takes pictures of every scene, in both themes and both sizes, for people to look at;
 * `npm run screenshots:readme` those of the README.
 */
export default defineConfig<object, { stageOptions: StageOptions }>({
  ...common,
  testDir: "scenes",
  outputDir: "test-results/screenshots",
  use: { ...common.use, trace: "off", screenshot: "off" },
  projects: [
    { name: "desktop", testMatch: "pictures.ts", use: { stageOptions: desktop } },
    { name: "phone", testMatch: "pictures.ts", use: { stageOptions: phone } },
    { name: "readme-desktop", testMatch: "readme.ts", grep: /readme-desktop$/, use: { stageOptions: { ...desktop, height: 960, sharpness: 2 } } },
    { name: "readme-phone", testMatch: "readme.ts", grep: /readme-phone$/, use: { stageOptions: phone } },
  ],
});
