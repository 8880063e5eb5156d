import { readFileSync } from "node:fs";
import type { Browser, Page } from "@playwright/test";

export interface Memory {
  /** Bytes that are in use on the JavaScript heap, after everything that nobody refers to was collected. */
  readonly heap: number;
  /** Bytes that the page's process has to itself; undefined where the system does not tell. */
  readonly process: number | undefined;
}

/** What the only page of this browser uses. */
export async function memoryOf(page: Page, browser: Browser): Promise<Memory> {
  const session = await page.context().newCDPSession(page);
  // What the first one finalises, the second one frees.
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return { heap: usedSize, process: await rendererMemory(browser) };
}

/** Chromium keeps an empty process ready for the next page; the one with the page is the bigger one. */
async function rendererMemory(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => privateMemory(id));
  const known = sizes.filter((size) => size !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

function privateMemory(processId: number): number | undefined {
  try {
    const lines = readFileSync(`/proc/${processId}/smaps_rollup`, "utf8").matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm);
    return [...lines].reduce((sum, [, kilobytes]) => sum + Number(kilobytes) * 1024, 0);
  } catch {
    return undefined;
  }
}
