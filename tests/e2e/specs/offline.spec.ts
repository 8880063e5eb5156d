import type { Page } from "@playwright/test";
import type { Person } from "../support/person.ts";
import { signIn, signUp } from "../support/person.ts";
import { Server } from "../support/server.ts";
import { messages, send } from "../support/steps.ts";
import { expect, test } from "../support/surroundings.ts";

const points = ["Point one", "Point two", "Point three"];

/** The messages of a test in the open conversation, in their order. */
const shownPoints = (page: Page) => page.getByRole("log").getByText(/^Point /);
const messageBox = (page: Page) => page.getByRole("textbox", { name: "Message" });
const rowOf = (page: Page, text: string) => page.getByRole("log").getByRole("article").filter({ hasText: text });

async function open({ page }: Pick<Person, "page">, url: string, workflowId: string): Promise<void> {
  await page.goto(`${url}/w/${workflowId}`);
  await expect(messageBox(page)).toBeEditable();
  await expect(page.getByRole("log")).toBeVisible();
}

/** From now on the browser can load the app without a network. */
async function untilKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
  });
}

for (const accident of ["a reload", "a crash of the tab"] as const) {
  test(`Offline nothing is lost, not by ${accident} either, and it goes out once and in order`, async ({
    sarah,
    marco,
    server,
    network,
    programOf,
  }) => {
    const program = await programOf(sarah);
    const workflowId = await program.createWorkflow("A train in a tunnel");
    await program.addParticipant(workflowId, marco);
    await open(marco, server.url, workflowId);
    await open(sarah, network.url, workflowId);
    await untilKept(sarah.page);

    await sarah.context.setOffline(true);
    await network.cut();
    await expect(sarah.page.getByRole("status").filter({ hasText: "You are offline" })).toBeVisible();
    for (const point of points) {
      await send(sarah.page, point);
      await expect(rowOf(sarah.page, point).getByText("Queued", { exact: true })).toBeVisible();
    }
    await messageBox(sarah.page).fill("Half a thought");

    let page = sarah.page;
    if (accident === "a reload") {
      await page.reload();
    } else {
      const crashed = page.waitForEvent("crash");
      await Promise.allSettled([page.goto("chrome://crash"), crashed]);
      await crashed;
      await page.close();
      page = await sarah.context.newPage();
      await page.goto(`${network.url}/w/${workflowId}`);
    }
    await expect(page.getByText("The server does not answer. Trying again…")).toBeVisible();
    await expect(shownPoints(marco.page)).toHaveCount(0);

    await network.restore();
    await sarah.context.setOffline(false);

    await expect(shownPoints(marco.page)).toHaveText(points);
    await expect(shownPoints(page)).toHaveText(points);
    for (const point of points) {
      await expect(rowOf(page, point).getByText("Sent", { exact: true })).toBeAttached();
    }
    await expect(messageBox(page)).toHaveValue("Half a thought");
    expect((await program.messages(workflowId)).map(({ content }) => content)).toEqual(points);
  });
}

test("Back online, what was queued goes out by itself", async ({ sarah, marco, server, network, programOf }) => {
  const program = await programOf(sarah);
  const workflowId = await program.createWorkflow("A lift");
  await program.addParticipant(workflowId, marco);
  await open(marco, server.url, workflowId);
  await open(sarah, network.url, workflowId);

  await sarah.context.setOffline(true);
  await network.cut();
  for (const point of points) {
    await send(sarah.page, point);
  }
  await expect(rowOf(sarah.page, "Point three").getByText("Queued", { exact: true })).toBeVisible();
  await send(marco.page, "Where are you?");

  await network.restore();
  await sarah.context.setOffline(false);

  await expect(sarah.page.getByRole("status").filter({ hasText: "Session restored" })).toBeVisible();
  await expect(messages(sarah.page, "Where are you?")).toBeVisible();
  for (const { page } of [marco, sarah]) {
    await expect(shownPoints(page)).toHaveText(points);
  }
});

test("What was queued while the server was dead is delivered once @postgres", async ({ sarah, marco, server, programOf }) => {
  const program = await programOf(sarah);
  const workflowId = await program.createWorkflow("A power cut");
  await program.addParticipant(workflowId, marco);
  await open(sarah, server.url, workflowId);

  await server.kill();
  for (const point of points) {
    await send(sarah.page, point);
    await expect(rowOf(sarah.page, point).getByText("Queued", { exact: true })).toBeVisible();
  }
  await server.start();

  await expect(rowOf(sarah.page, "Point three").getByText("Sent", { exact: true })).toBeAttached({ timeout: 45_000 });
  await open(marco, server.url, workflowId);
  for (const { page } of [marco, sarah]) {
    await expect(shownPoints(page)).toHaveText(points);
  }
  expect((await program.messages(workflowId)).map(({ content }) => content)).toEqual(points);
});

test("A message whose answer was lost is there once", async ({ sarah, marco, server, network, programOf }) => {
  const program = await programOf(sarah);
  const workflowId = await program.createWorkflow("A bad line");
  await program.addParticipant(workflowId, marco);
  await open(marco, server.url, workflowId);
  await open(sarah, network.url, workflowId);

  network.loseAnswers();
  await send(sarah.page, "Point one");
  await expect(shownPoints(marco.page)).toHaveText(["Point one"]);
  await expect(rowOf(sarah.page, "Point one").getByText("Sending", { exact: true })).toBeVisible();
  await network.cut();
  await network.restore();

  await expect(rowOf(sarah.page, "Point one").getByText("Sent", { exact: true })).toBeAttached();
  await send(sarah.page, "Point two");
  for (const { page } of [marco, sarah]) {
    await expect(shownPoints(page)).toHaveText(["Point one", "Point two"]);
  }
  expect(await program.messages(workflowId)).toHaveLength(2);
});

/** The tries come after 0, 2, 10 and 30 s, a fifth more or less: asks for them until the longest time has begun. */
async function untilTheNextTryIsFar(page: Page): Promise<void> {
  await expect(async () => {
    await page.getByRole("button", { name: "Try now" }).click();
    await expect(page.getByRole("timer")).toHaveText(/^Next try in (2[4-9]|3[0-6]) s\.$/, { timeout: 2_000 });
  }).toPass();
}

test("The strip counts down to the next try, and can be told to try now", async ({ sarah, network, programOf }) => {
  const workflowId = await (await programOf(sarah)).createWorkflow("A bad line");
  await open(sarah, network.url, workflowId);
  const { page } = sarah;
  const countdown = page.getByRole("timer");
  const seconds = async () => Number(/\d+/.exec((await countdown.textContent()) ?? "")?.[0]);

  await network.cut();
  await expect(page.getByRole("status").filter({ hasText: "Connection lost." })).toBeVisible();
  await untilTheNextTryIsFar(page);
  const before = await seconds();
  await expect.poll(seconds).toBeLessThan(before - 1);

  await network.restore();
  await page.getByRole("button", { name: "Try now" }).click();

  // Without the button the next try would be later than this.
  await expect(page.getByRole("status").filter({ hasText: "Session restored" })).toBeVisible({ timeout: 15_000 });
  await expect(countdown).toBeHidden();
});

test("After a longer absence the last checkpoint is restored, and the strip says so", async ({ browser, complaints }) => {
  const server = await Server.startNew({ Sessions__RecoveryWindowSeconds: "1" });
  const context = await browser.newContext({ baseURL: server.url });
  complaints.listenTo(context);
  try {
    await signIn(context, await signUp(server.url, "Sarah"));
    const page = await context.newPage();
    await page.goto("/");
    await page.getByRole("link", { name: /Personal/ }).click();
    await send(page, "Point one");
    await expect(rowOf(page, "Point one").getByText("Sent", { exact: true })).toBeAttached();

    await server.kill();
    await untilTheNextTryIsFar(page);
    await server.start();
    await page.getByRole("button", { name: "Try now" }).click();

    await expect(page.getByRole("status").filter({ hasText: "Restored from the last checkpoint" })).toBeVisible();
    await send(page, "Point two");
    await expect(rowOf(page, "Point two").getByText("Sent", { exact: true })).toBeAttached();
    await expect(shownPoints(page)).toHaveText(["Point one", "Point two"]);
  } finally {
    await context.close();
    await server.dispose();
  }
});

test("What the server refuses is shown as failed, and can be tried again or discarded", async ({ sarah, marco, network, programOf }) => {
  const program = await programOf(sarah);
  const workflowId = await program.createWorkflow("A change of mind");
  await program.addParticipant(workflowId, marco);
  await open(marco, network.url, workflowId);
  const { page } = marco;

  await network.cut();
  await send(page, "Point one");
  await send(page, "Point two");
  await expect(rowOf(page, "Point two").getByText("Queued", { exact: true })).toBeVisible();
  await program.changeRole(workflowId, marco, "observer");
  await network.restore();
  for (const point of ["Point one", "Point two"]) {
    await expect(rowOf(page, point).getByRole("alert")).toContainText("Not sent: you are an observer in this workflow.");
  }

  await rowOf(page, "Point one").getByRole("button", { name: "Discard" }).click();
  await expect(shownPoints(page)).toHaveText(["Point two"]);

  // Tried again while nothing has changed, it fails again.
  await rowOf(page, "Point two").getByRole("button", { name: "Try again" }).click();
  await expect(rowOf(page, "Point two").getByRole("alert")).toContainText("Not sent: you are an observer in this workflow.");

  await network.cut();
  await program.changeRole(workflowId, marco, "contributor");
  await network.restore();
  await expect(messageBox(page)).toBeEditable();
  await rowOf(page, "Point two").getByRole("button", { name: "Try again" }).press("Enter");
  await expect(rowOf(page, "Point two").getByText("Sent", { exact: true })).toBeAttached();
  await expect(messageBox(page)).toBeFocused();

  await page.reload();
  await expect(shownPoints(page)).toHaveText(["Point two"]);
  expect((await program.messages(workflowId)).map(({ content }) => content)).toEqual(["Point two"]);
});
