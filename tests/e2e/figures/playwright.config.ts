import { defineConfig } from "@playwright/test";
import tests from "../playwright.config.ts";

const { projects: _, ...common } = tests;

/** `npm run figures`: measures, and fails only when something cannot be measured. */
export default defineConfig({
  ...common,
  testDir: ".",
  testMatch: "**/*.figure.ts",
  workers: 1,
  outputDir: "../test-results/figures",
  timeout: 150_000,
  globalTimeout: 290_000,
  reporter: [["list"], ["./table.ts"]],
  // Recording takes time that would be measured as well.
  use: { ...common.use, trace: "off", screenshot: "off" },
});
