import type { Page } from "@playwright/test";
import { HubClient } from "../support/hub.ts";
import { signUp, type Account } from "../support/person.ts";
import { send } from "../support/steps.ts";
import { expect, test } from "../support/surroundings.ts";

/** What a freshly opened conversation begins with, and what is read at a time of older ones. */
const firstPage = 50;
const olderPage = 100;

/** A message that moves by less than this, in pixels, stays where it is for the eye. */
const still = 3;

/** Rows in the document at most: those on the screen and some around them. */
const maximumRows = 60;

/** In varied heights, so that what is not measured yet is estimated wrongly. */
function textOf(number: number): string {
  const forms = ["", " and nothing more", `\n${"with many words ".repeat(30)}`, "\n\n- a list\n- of things\n- to do", "\n\n```ts\nconst x = 1;\n```"];
  return `Point ${number}.${forms[(number * 7) % forms.length]}`;
}

const point = (page: Page, number: number) => page.getByRole("log").getByRole("article").filter({ hasText: `Point ${number}.` });

/** @returns the sequences, in the order of the messages */
async function write(program: HubClient, workflowId: string, from: number, to: number): Promise<number[]> {
  const acks = await Promise.all(Array.from({ length: to - from }, (_, place) => program.send(workflowId, textOf(from + place))));
  return acks.map(({ sequence }) => sequence);
}

async function open(page: Page, workflowId: string): Promise<void> {
  await page.goto(`/w/${workflowId}`);
  await expect(page.getByRole("log").getByRole("article").last()).toBeVisible();
  await page.getByRole("log").hover();
}

interface Row {
  readonly number: number;
  /** Below the upper edge of the list, in pixels. */
  readonly top: number;
}

/** The rows in the document, as they stand after a frame has been drawn. */
function rowsOf(page: Page): Promise<Row[]> {
  return page.getByRole("log").evaluate(async (log) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const { top } = log.getBoundingClientRect();
    return [...log.querySelectorAll("article")].map((row) => ({
      number: Number(/Point (\d+)\./.exec(row.textContent)?.[1]),
      top: row.getBoundingClientRect().top - top,
    }));
  });
}

/** The first row that begins on the screen. */
async function topmost(page: Page): Promise<Row> {
  const row = (await rowsOf(page)).find(({ top }) => top >= 0);
  expect(row).toBeDefined();
  return row as Row;
}

/** Where the row is now, below the upper edge of the list. */
async function topOf(page: Page, number: number): Promise<number> {
  return (await rowsOf(page)).find((row) => row.number === number)?.top ?? NaN;
}

/**
 * Watches a row while something is put above it.
 * @returns asks by how many pixels it was off its place at most, in any frame until the list has grown and come to rest
 */
async function watch(page: Page, number: number): Promise<() => Promise<number>> {
  const watching = await page.getByRole("log").evaluateHandle((log, text) => {
    const placeOf = () => {
      const row = [...log.querySelectorAll("article")].find((element) => element.textContent.includes(text));
      return row ? row.getBoundingClientRect().top : NaN;
    };
    const [place, height] = [placeOf(), log.scrollHeight];
    const look = async () => {
      let most = 0;
      for (let frames = 0; frames < 20; frames += log.scrollHeight > height ? 1 : 0) {
        await new Promise(requestAnimationFrame);
        const off = Math.abs(placeOf() - place);
        most = Number.isNaN(off) ? Infinity : Math.max(most, off);
      }
      return most;
    };
    return { most: look() };
  }, `Point ${number}.`);
  return () => watching.evaluate(({ most }) => most);
}

test.describe("2,000 messages", () => {
  test.setTimeout(300_000);

  test("are all to be seen by scrolling up, without a jump, each once and in order", async ({ sarah, server, programOf }) => {
    const program = await programOf(sarah);
    const workflowId = await program.createWorkflow("A long story");
    // Each writes fewer than the server takes of one person at once.
    const sequences: number[] = [];
    for (const from of [0, 500, 1000, 1500]) {
      const writer = await signUp(server.url, "Writer");
      await program.addParticipant(workflowId, writer);
      sequences.push(...(await write(await programOf(writer), workflowId, from, from + 500)));
    }
    const { page } = sarah;
    const asked: string[] = [];
    const held: Array<() => void> = [];
    let holds = true;
    await page.route("**/api/v1/workflows/*/messages?*", async (route) => {
      asked.push(new URL(route.request().url()).searchParams.get("before") ?? "");
      if (holds) {
        await new Promise<void>((release) => held.push(release));
      }
      await route.continue();
    });
    await open(page, workflowId);
    await expect(point(page, 1999)).toBeVisible();
    expect(asked).toEqual([]);

    // Older pages are put above what is on the screen, which stays where it is.
    for (const pages of [1, 2, 3]) {
      await expect(async () => {
        await page.mouse.wheel(0, -300);
        await rowsOf(page);
        expect(asked).toHaveLength(pages);
      }).toPass({ intervals: [0], timeout: 30_000 });
      await expect.poll(async () => (await topmost(page)).top - (await topmost(page)).top).toBe(0);
      const unrest = await watch(page, (await topmost(page)).number);
      held.shift()?.();
      expect(await unrest(), `page ${pages}`).toBeLessThan(still);
      expect(asked[pages - 1]).toBe(String(sequences[2000 - firstPage - (pages - 1) * olderPage]));
    }

    // And on to the first one, on a high screen, where it takes fewer turns of the wheel. Whatever is in the document is a part of the conversation without a gap.
    holds = false;
    await page.setViewportSize({ width: 1280, height: 1400 });
    const seen = new Set<number>();
    await page.getByRole("button", { name: "To the newest" }).click();
    await expect(point(page, 1999)).toBeVisible();
    await page.getByRole("log").hover();
    await expect(async () => {
      const numbers = (await rowsOf(page)).map(({ number }) => number);
      expect(numbers.length).toBeLessThan(maximumRows);
      const first = numbers[0] ?? NaN;
      expect(numbers).toEqual(numbers.map((_, place) => first + place));
      numbers.forEach((number) => seen.add(number));
      await page.mouse.wheel(0, -1400);
      await expect(page.getByText("The conversation begins here.")).toBeInViewport({ timeout: 1 });
    }).toPass({ intervals: [0], timeout: 180_000 });
    await expect(async () => {
      (await rowsOf(page)).forEach(({ number }) => seen.add(number));
      expect(seen).toContain(0);
    }).toPass();
    expect([...seen].toSorted((one, other) => one - other)).toEqual(Array.from({ length: 2000 }, (_, number) => number));
  });
});

test("Who has scrolled up is told of new messages and gets to them", async ({ sarah, marco, programOf }) => {
  const { workflowId, program } = await conversation(sarah, marco, programOf, 60);
  const { page } = sarah;
  await open(page, workflowId);
  await page.mouse.wheel(0, -800);
  await expect(page.getByRole("button", { name: "To the newest" })).toBeVisible();
  await expect.poll(async () => (await topmost(page)).top - (await topmost(page)).top).toBe(0);
  const { number, top } = await topmost(page);

  await program.send(workflowId, textOf(60));
  await program.send(workflowId, textOf(61));

  const badge = page.getByRole("button", { name: "2 new messages" });
  await expect(badge).toBeVisible();
  expect(Math.abs((await topOf(page, number)) - top)).toBeLessThan(still);
  await expect(page).toHaveTitle(/2/);
  await badge.click();
  await expect(point(page, 61)).toBeInViewport();
  await expect(badge).toBeHidden();
  await expect(page).not.toHaveTitle(/2/);

  // At the end, the list follows.
  await program.send(workflowId, textOf(62));
  await expect(point(page, 62)).toBeInViewport();
});

test("Who comes back finds a line above what is new", async ({ sarah, marco, programOf }) => {
  const { workflowId, program } = await conversation(sarah, marco, programOf, 30);
  const { page } = sarah;
  const line = page.getByRole("log").getByRole("separator").filter({ hasText: "New messages" });
  await open(page, workflowId);
  await expect(point(page, 29)).toBeInViewport();
  const item = page.getByRole("link", { name: /A long story/ });
  await expect(item).not.toContainText("unread");

  await page.getByRole("link", { name: /Personal/ }).click();
  await expect(page.getByText("Nothing has been written yet")).toBeVisible();
  await Promise.all([30, 31, 32].map((number) => program.send(workflowId, textOf(number))));
  await expect(item).toContainText("3 unread messages");
  await item.click();

  await expect(line).toHaveCount(1);
  await expect(line).toBeInViewport();
  await expect(point(page, 32)).toBeInViewport();
  await expect(item).not.toContainText("unread");
  await expect(async () => {
    const { y } = (await line.boundingBox()) ?? { y: NaN };
    const list = (await page.getByRole("log").boundingBox())?.y ?? NaN;
    expect((await rowsOf(page)).filter(({ top }) => top + list > y).map(({ number }) => number)).toEqual([30, 31, 32]);
  }).toPass();

  // Whoever answers has read it all.
  await send(page, textOf(33));
  await expect(line).toHaveCount(0);
});

test("Who comes back finds the conversation where they left it", async ({ sarah, marco, programOf }) => {
  const { workflowId } = await conversation(sarah, marco, programOf, 200);
  const { page } = sarah;
  await open(page, workflowId);
  await expect(async () => {
    await page.mouse.wheel(0, -600);
    expect((await topmost(page)).number).toBeLessThan(120);
  }).toPass({ intervals: [0] });
  await expect.poll(async () => (await topmost(page)).top - (await topmost(page)).top).toBe(0);
  const { number, top } = await topmost(page);

  await page.getByRole("link", { name: /Personal/ }).click();
  await expect(page.getByText("Nothing has been written yet")).toBeVisible();
  await page.getByRole("link", { name: /A long story/ }).click();
  await expect(point(page, number)).toBeInViewport();
  await expect.poll(async () => Math.abs((await topOf(page, number)) - top)).toBeLessThan(still);
  await page.goBack();
  await expect(page.getByText("Nothing has been written yet")).toBeVisible();
  await page.goForward();
  await expect.poll(async () => Math.abs((await topOf(page, number)) - top)).toBeLessThan(still);
});

test("Who scrolls away from the message that the keyboard is at comes back to it with the arrow keys", async ({ sarah, marco, programOf }) => {
  const { workflowId } = await conversation(sarah, marco, programOf, 60);
  const { page } = sarah;
  await open(page, workflowId);
  await page.getByRole("log").press("ArrowUp");
  await expect(point(page, 59)).toBeFocused();

  await expect(async () => {
    await page.mouse.wheel(0, -1000);
    await expect(page.getByText("The conversation begins here.")).toBeInViewport({ timeout: 1 });
  }).toPass({ intervals: [0] });
  await page.keyboard.press("ArrowUp");

  await expect(point(page, 58)).toBeFocused();
  await expect(point(page, 58)).toBeInViewport();
});

/** Sarah's, in which Marco has written so many messages. */
async function conversation(sarah: Account, marco: Account, programOf: (account: Account) => Promise<HubClient>, count: number) {
  const owner = await programOf(sarah);
  const workflowId = await owner.createWorkflow("A long story");
  await owner.addParticipant(workflowId, marco);
  const program = await programOf(marco);
  await write(program, workflowId, 0, count);
  return { workflowId, program };
}
