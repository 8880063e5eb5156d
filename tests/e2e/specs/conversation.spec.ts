import { addParticipant, createWorkflow, messages, send } from "../support/steps.ts";
import { expect, test } from "../support/test.ts";

test("Two people talk, also over a crash of the server @postgres", async ({ sarah, marco, server }) => {
  await createWorkflow(sarah.page, "Plan the mobile app");
  await addParticipant(sarah.page, marco.email, marco.name);
  await marco.page.goto(sarah.page.url());
  await expect(marco.page.getByRole("log")).toBeVisible();

  await send(sarah.page, "Who are our first users?");
  await expect(messages(marco.page, "Who are our first users?")).toBeVisible();
  await send(marco.page, "Founders without a terminal.");
  await expect(messages(sarah.page, "Founders without a terminal.")).toBeVisible();

  await server.kill();
  await send(sarah.page, "Written while nobody listened.");
  await expect(messages(sarah.page, "Written while nobody listened.")).toBeVisible();
  await server.start();
  await expect(messages(marco.page, "Written while nobody listened.")).toBeVisible({ timeout: 45_000 });

  for (const { page } of [sarah, marco]) {
    await page.reload();
    for (const text of ["Who are our first users?", "Founders without a terminal.", "Written while nobody listened."]) {
      await expect(messages(page, text)).toHaveCount(1);
    }
  }
});
