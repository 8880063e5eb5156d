import type { CDPSession, Page } from "@playwright/test";
import { expect, medianAndWorst, test } from "./figure.ts";

const ROUNDS = 7;

/** Between two presses of a key, in milliseconds. */
const PRESS_EVERY = 20;

interface Moments {
  readonly firstPaint: number;
  /** The first frame with a typed character in Email, and Sign in enabled. */
  readonly usable: number;
}

declare global {
  interface Window {
    usableAt: Promise<number>;
  }
}

test("First load of the sign-in page", async ({ browser, server, report }) => {
  const rounds: Moments[] = [];
  let scripts = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    // Nothing is cached in a context of its own.
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    scripts = await watchScripts(session);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await watchEmail(page);

    await page.goto("/sign-in", { waitUntil: "commit" });
    rounds.push(await hammer(page));

    // Whoever may press the button must be answered.
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("Enter your password.")).toBeVisible();
    await context.close();
  }

  const gzip = await Promise.all([...scripts.keys()].map(gzipSize));
  report({
    what: `JavaScript on first load of the sign-in page, gzip; as Chromium got it, with headers; ${scripts.size} files`,
    atMost: "350 kB",
    measured: `${inKilobytes(gzip)}; ${inKilobytes([...scripts.values()])}`,
  });
  report({
    what: "first paint to usable sign-in page, cold cache, 4× CPU throttle",
    atMost: "2 s",
    measured: medianAndWorst(rounds.map(({ firstPaint, usable }) => usable - firstPaint)),
  });
  report({
    what: "the same, from the beginning of the navigation",
    measured: medianAndWorst(rounds.map(({ usable }) => usable)),
  });
});

/** @returns of every script by its address the bytes that came over the network */
async function watchScripts(session: CDPSession): Promise<Map<string, number>> {
  const addresses = new Map<string, string>();
  const sizes = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.mimeType.endsWith("javascript")) {
      addresses.set(requestId, response.url);
    }
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId);
    if (address !== undefined) {
      sizes.set(address, encodedDataLength);
    }
  });
  await session.send("Network.enable");
  return sizes;
}

/** @returns the bytes of the file for a browser that takes nothing better than gzip; Chromium takes Brotli */
async function gzipSize(address: string): Promise<number> {
  const response = await fetch(address, { method: "HEAD", headers: { "Accept-Encoding": "gzip" } });
  return Number(response.headers.get("Content-Length") ?? NaN);
}

function inKilobytes(sizes: readonly number[]): string {
  return `${(sizes.reduce((sum, size) => sum + size, 0) / 1000).toFixed(1)} kB`;
}

async function watchEmail(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.usableAt = new Promise((resolve) => {
      const afterFrame = new MessageChannel();
      afterFrame.port1.onmessage = () => {
        const email = document.querySelector<HTMLInputElement>("input[type=email]");
        const button = document.querySelector<HTMLButtonElement>("button[type=submit]");
        if (email?.value && button && !button.disabled) {
          resolve(performance.now());
        }
      };
      window.addEventListener("input", () => requestAnimationFrame(() => afterFrame.port2.postMessage(undefined)), true);
    });
  });
}

/** Presses a key again and again, as the impatient do, until a frame shows it. */
async function hammer(page: Page): Promise<Moments> {
  let usable: number | undefined;
  const wait = page.evaluate(() => window.usableAt).then((at) => (usable = at));
  while (usable === undefined) {
    await page.keyboard.press("s");
    await page.waitForTimeout(PRESS_EVERY);
  }

  await wait;
  const firstPaint = await page.evaluate(() => performance.getEntriesByName("first-paint")[0]?.startTime ?? NaN);
  return { firstPaint, usable };
}
