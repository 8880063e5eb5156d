import type { Page } from "@playwright/test";

/** @returns how long the page's main thread was at work meanwhile, in milliseconds; waiting for a processor does not count */
export async function processorTime(page: Page, work: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const taken = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
  };
  const before = await taken();
  await work();
  const after = await taken();
  await session.detach();
  return (after - before) * 1000;
}
