import type { Page } from "@playwright/test";
import type { Server } from "../support/server.ts";
import { leave, loadAll, open, prepare, type MeasuredWorkflow } from "./conversation.ts";
import { expect, inMegabytes, medianAndWorst, test, type Figure } from "./figure.ts";
import { memoryOf } from "./page-memory.ts";
import { processorTime } from "./processor-time.ts";
import { texts } from "./texts.ts";

const PRESSES = 40;
const EVENTS = 60;

test("A short conversation", async ({ sarah, server, report }) => {
  const { page } = sarah;
  const workflow = await prepare(server, sarah, 50);
  await open(page, workflow);

  await measure(page, server, workflow, "50 messages loaded", report);

  await leave(workflow);
});

test("A long conversation", async ({ sarah, server, browser, report }) => {
  const { page } = sarah;
  const workflow = await prepare(server, sarah, 20_000);
  await open(page, workflow);
  const before = await memoryOf(page, browser);
  const begun = Date.now();
  await loadAll(page);
  const seconds = (Date.now() - begun) / 1000;
  const after = await memoryOf(page, browser);

  await measure(page, server, workflow, "20,000 messages loaded", report);

  report({ what: "scrolling up through 20,000 messages, until all are loaded", measured: `${seconds.toFixed(1)} s` });
  report({ what: "JavaScript heap of those 20,000 messages", measured: inMegabytes(after.heap - before.heap) });
  await leave(workflow);
});

async function measure(page: Page, server: Server, workflow: MeasuredWorkflow, circumstances: string, report: (figure: Figure) => void): Promise<void> {
  report({
    what: `key press to message on screen as *sending*, ${circumstances}`,
    atMost: "50 ms",
    measured: medianAndWorst(await presses(page, server)),
  });
  let times: number[] = [];
  const work = await processorTime(page, async () => void (times = await arrivals(page, workflow)));
  report({ what: `event received to on screen, ${circumstances}`, atMost: "100 ms", measured: medianAndWorst(times) });
  report({ what: "processor time of the page for each of these events", measured: `${(work / EVENTS).toFixed(1)} ms` });
}

/** The times from pressing Enter to the frame in which the message stands in the list. */
async function presses(page: Page, server: Server): Promise<number[]> {
  const times: number[] = [];
  for (const text of texts("pressed", PRESSES)) {
    const marker = text.slice(0, text.indexOf(".") + 1);
    await page.getByRole("textbox", { name: "Message" }).fill(text);
    await page.evaluate((mark) => window.stopwatch.lookFor(mark), marker);
    // An ack within the same frame would show the message as sent.
    server.suspend();
    await page.keyboard.press("Enter");
    const row = await page.evaluate(() => window.stopwatch.found);
    server.resume();
    expect(row.text).toContain("Sending");
    times.push(row.at - (await page.evaluate(() => window.stopwatch.pressedAt)));
    await expect(page.getByRole("log").getByRole("article").filter({ hasText: marker })).toContainText("Sent");
  }

  return times;
}

/** The times from an event on the WebSocket to the frame in which its message stands in the list. */
async function arrivals(page: Page, { workflowId, writers }: MeasuredWorkflow): Promise<number[]> {
  const times: number[] = [];
  for (const text of texts("measured", EVENTS)) {
    const marker = text.slice(0, text.indexOf(".") + 1);
    await page.evaluate((mark) => window.stopwatch.lookFor(mark), marker);
    await writers[0].send(workflowId, text);
    const { at } = await page.evaluate(() => window.stopwatch.found);
    times.push(at - (await page.evaluate((mark) => window.stopwatch.arrivedAt.get(mark)!, marker)));
  }

  return times;
}
