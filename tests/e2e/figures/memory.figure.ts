import { leave, open, prepare, writeAll } from "./conversation.ts";
import { expect, inMegabytes, test } from "./figure.ts";
import { memoryOf } from "./page-memory.ts";

const RECEIVED = 10_000;

test("An open tab that receives", async ({ sarah, server, browser, report }) => {
  const { page } = sarah;
  const workflow = await prepare(server, sarah, 50);
  await open(page, workflow);
  const before = await memoryOf(page, browser);

  const begun = Date.now();
  await writeAll(workflow, "received", RECEIVED);
  const written = Date.now();
  await workflow.writers[0].send(workflow.workflowId, "measured 1. That was all.");
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
  await leave(workflow);
});
