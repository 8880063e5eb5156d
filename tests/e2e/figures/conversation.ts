import type { Page } from "@playwright/test";
import { HubClient } from "../support/hub.ts";
import { signUp, type Person } from "../support/person.ts";
import type { Server } from "../support/server.ts";
import { makeWorkflow } from "../support/workflows.ts";
import { expect } from "./figure.ts";
import { installStopwatch } from "./stopwatch.ts";
import { texts } from "./texts.ts";

/** A workflow with so many messages of two other people, who write through the hub alone. */
export interface MeasuredWorkflow {
  readonly workflowId: string;
  readonly writers: readonly [HubClient, HubClient];
}

export async function prepare(server: Server, owner: Person, messages: number): Promise<MeasuredWorkflow> {
  const others = [await signUp(server.url, "Marco"), await signUp(server.url, "Ines")] as const;
  const workflowId = await makeWorkflow(server.url, owner, "Measured", others.map((other) => [other, "contributor"] as const));
  const writers = [await HubClient.signIn(server.url, others[0]), await HubClient.signIn(server.url, others[1])] as const;
  await writeAll({ workflowId, writers }, "earlier", messages);
  return { workflowId, writers };
}

/** So many messages, by both in turn, as fast as the server takes them. Returns when all are durable. */
export async function writeAll({ workflowId, writers }: MeasuredWorkflow, name: string, count: number): Promise<void> {
  await Promise.all(writers.map((writer, place) => writer.sendAll(workflowId, texts(`${name} by ${place}:`, count / writers.length))));
}

export async function leave({ writers }: MeasuredWorkflow): Promise<void> {
  await Promise.all(writers.map((writer) => writer.dispose()));
}

export async function open(page: Page, { workflowId }: MeasuredWorkflow): Promise<void> {
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
