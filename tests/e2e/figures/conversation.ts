import type { Page } from "@playwright/test";
import { signUp, type Account, type Person } from "../support/person.ts";
import type { Server } from "../support/server.ts";
import { expect } from "./figure.ts";
import { installStopwatch } from "./stopwatch.ts";
import { makeWorkflow, Writer } from "./team.ts";
import { texts } from "./texts.ts";

/** A workflow with so many messages of two other people. */
export async function prepare(server: Server, owner: Person, messages: number) {
  const others: readonly Account[] = [await signUp(server.url, "Marco"), await signUp(server.url, "Ines")];
  const workflowId = await makeWorkflow(server.url, owner, others);
  const [marco, ines] = await Promise.all(others.map((account) => Writer.connect(server.url, account, workflowId)));
  const writers = [marco!, ines!] as const;
  await Promise.all(writers.map((writer, place) => writer.writeAll(texts(`earlier by ${place}:`, messages / writers.length))));
  return { writers, workflowId };
}

export async function leave(writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.leave()));
}

export async function open(page: Page, workflowId: string): Promise<void> {
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
export async function loadAll(page: Page): Promise<void> {
  await page.getByRole("log").evaluate(async (list) => {
    while (!list.textContent.includes("The conversation begins here.")) {
      list.scrollTop = 0;
      await new Promise(requestAnimationFrame);
    }
  });
  await toNewest(page);
}
