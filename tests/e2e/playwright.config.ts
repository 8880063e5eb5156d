import { defineConfig, devices } from "@playwright/test";
import { chromium } from "./support/chromium.ts";
import type { ServerOptions } from "./support/test.ts";

const severalNodes = "cluster.spec.ts";

export default defineConfig<object, ServerOptions>({
  testDir: "specs",
  forbidOnly: Boolean(process.env.CI),
  // A test that passes at the second try has found something.
  retries: 0,
  // A server and a browser for each.
  workers: 2,
  timeout: 120_000,
  // A busy machine may stand still for seconds; only a test that fails waits for so long.
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    actionTimeout: 30_000,
    locale: "en-GB",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
    trace: { mode: "retain-on-failure", screenshots: false, sources: false, snapshots: true },
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "sqlite", use: { database: "sqlite" }, testIgnore: severalNodes },
    // What depends on the database is tested elsewhere; that the whole works on the other one as well is tested here.
    { name: "postgres", use: { database: "postgres" }, testIgnore: severalNodes, grep: /@postgres/ },
    { name: "cluster", testMatch: severalNodes },
  ],
});
