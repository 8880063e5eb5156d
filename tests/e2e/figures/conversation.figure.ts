import type { Page } from "@playwright/test";
import type { Account, Person } from "../support/person.ts";
import { signUp } from "../support/person.ts";
import type { Server } from "../support/server.ts";
import { expect, inMegabytes, medianAndWorst, test, type Figure } from "./figure.ts";
import { memoryOf } from "./memory.ts";
import { installStopwatch } from "./stopwatch.ts";
import { makeWorkflow, Writer } from "./team.ts";
import { texts } from "./texts.ts";

const PRESSES = 40;
const EVENTS = 60;
const RECEIVED = 10_000;

test("A short conversation", async ({ sarah, server, report }) => {
  const { page } = sarah;
  const { writers, workflowId } = await prepare(server, sarah, 50);
  await open(page, workflowId);

  await measure(page, server, writers[0], "50 messages loaded", report);

  await leave(writers);
});

test("A long conversation", async ({ sarah, server, browser, report }) => {
  const { page } = sarah;
  const { writers, workflowId } = await prepare(server, sarah, 20_000);
  await open(page, workflowId);
  const before = await memoryOf(page, browser);
  const begun = Date.now();
  await loadAll(page);
  const seconds = (Date.now() - begun) / 1000;
  const after = await memoryOf(page, browser);

  await measure(page, server, writers[0], "20,000 messages loaded", report);

  report({ what: "scrolling up through 20,000 messages, until all are loaded", measured: `${seconds.toFixed(1)} s` });
  report({ what: "JavaScript heap of those 20,000 messages", measured: inMegabytes(after.heap - before.heap) });
  await leave(writers);
});

test("An open tab that receives", async ({ sarah, server, browser, report }) => {
  const { page } = sarah;
  const { writers, workflowId } = await prepare(server, sarah, 50);
  await open(page, workflowId);
  const before = await memoryOf(page, browser);

  const begun = Date.now();
  await Promise.all(writers.map((writer, place) => writer.writeAll(texts(`received by ${place}:`, RECEIVED / writers.length))));
  const written = Date.now();
  await writers[0].write("measured 1. That was all.");
  await expect(page.getByRole("log").getByText("measured 1.")).toBeVisible({ timeout: 60_000 });
  const shown = Date.now();
  const after = await memoryOf(page, browser);

  report({
    what: "memory growth over 10,000 received messages, JavaScript heap",
    atMost: "60 MB",
    measured: inMegabytes(after.heap - before.heap),
  });
  if (before.process !== undefined && after.process !== undefined) {
    report({
      what: "the same, private memory of the page's process",
      measured: `${inMegabytes(after.process - before.process)}, from ${inMegabytes(before.process)}`,
    });
  }

  report({
    what: "those 10,000 written and acknowledged; then until the last one is on screen",
    measured: `${((written - begun) / 1000).toFixed(1)} s; ${((shown - written) / 1000).toFixed(1)} s`,
  });
  await leave(writers);
});

/** A workflow with so many messages of two other people. */
async function prepare(server: Server, owner: Person, messages: number) {
  const others: readonly Account[] = [await signUp(server.url, "Marco"), await signUp(server.url, "Ines")];
  const workflowId = await makeWorkflow(server.url, owner, others);
  const [marco, ines] = await Promise.all(others.map((account) => Writer.connect(server.url, account, workflowId)));
  const writers = [marco!, ines!] as const;
  await Promise.all(writers.map((writer, place) => writer.writeAll(texts(`earlier by ${place}:`, messages / writers.length))));
  return { writers, workflowId };
}

async function leave(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.leave()));
}

async function open(page: Page, workflowId: string): Promise<void> {
  await installStopwatch(page);
  await page.goto(`/w/${workflowId}`);
  await expect(page.getByRole("log").getByRole("article").last()).toBeVisible();
  await toNewest(page);
}

async function toNewest(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /newest|new message/ });
  if (await button.isVisible()) {
    await button.click();
  }

  await expect(button).toBeHidden();
}

/** Scrolls up as far as it goes, again and again as older messages come, and back to the end. */
async function loadAll(page: Page): Promise<void> {
  await page.getByRole("log").evaluate(async (list) => {
    while (!list.textContent.includes("The conversation begins here.")) {
      list.scrollTop = 0;
      await new Promise(requestAnimationFrame);
    }
  });
  await toNewest(page);
}

async function measure(page: Page, server: Server, writer: Writer, circumstances: string, report: (figure: Figure) => void): Promise<void> {
  report({
    what: `key press to message on screen as *sending*, ${circumstances}`,
    atMost: "50 ms",
    measured: medianAndWorst(await presses(page, server)),
  });
  report({
    what: `event received to on screen, ${circumstances}`,
    atMost: "100 ms",
    measured: medianAndWorst(await arrivals(page, writer)),
  });
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
async function arrivals(page: Page, writer: Writer): Promise<number[]> {
  const times: number[] = [];
  for (const text of texts("measured", EVENTS)) {
    const marker = text.slice(0, text.indexOf(".") + 1);
    await page.evaluate((mark) => window.stopwatch.lookFor(mark), marker);
    await writer.write(text);
    const { at } = await page.evaluate(() => window.stopwatch.found);
    times.push(at - (await page.evaluate((mark) => window.stopwatch.arrivedAt.get(mark)!, marker)));
  }

  return times;
}
