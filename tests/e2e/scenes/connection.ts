import { expect } from "@playwright/test";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

async function send(stage: Stage, text: string): Promise<void> {
  await stage.field("chat.message").fill(text);
  await stage.button("chat.send").click();
  await stage.log.getByText(text).waitFor();
}

/** The first tries after a drop come soon, and fail as well: then there is time until the next one. */
async function lose(stage: Stage): Promise<void> {
  await stage.wire.cut();
  await stage.button("connection.tryNow").click();
  await expect(stage.page.getByRole("timer")).toContainText(/[6-9]|\d\d/);
}

async function comeBack(stage: Stage, recovery?: "checkpoint"): Promise<void> {
  await stage.open(stage.story.plan);
  await lose(stage);
  await stage.wire.mend(recovery);
  await stage.button("connection.tryNow").click();
}

/** What the app says about its connection, and about messages on their way. */
export const connection: readonly Scene[] = [
  {
    name: "server-unreachable",
    bring: async (stage) => {
      await stage.wire.cut();
      await stage.go("/");
      await stage.page.getByText(stage.text("app.unreachable")).waitFor();
    },
  },
  {
    name: "connecting",
    bring: async (stage) => {
      stage.wire.hold();
      await stage.go("/sessions");
      await stage.page.getByText(stage.text("connection.connecting")).waitFor();
    },
  },
  {
    name: "conversation-opening",
    bring: async (stage) => {
      stage.wire.hold();
      await stage.go(`/w/${stage.story.plan.id}`);
      await stage.page.getByRole("main").getByText(stage.text("chat.opening")).waitFor();
    },
  },
  {
    name: "connection-lost",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await lose(stage);
    },
  },
  {
    name: "connection-restored",
    bring: async (stage) => {
      await comeBack(stage);
      await stage.page.getByText(stage.text("connection.restored")).waitFor();
    },
  },
  {
    name: "connection-restored-from-checkpoint",
    bring: async (stage) => {
      await comeBack(stage, "checkpoint");
      await stage.page.getByText(stage.text("connection.checkpoint")).waitFor();
    },
  },
  {
    name: "offline-queued",
    bring: async (stage) => {
      await stage.open(await stage.story.newSpare("Train to Vienna"));
      await stage.page.context().setOffline(true);
      await stage.wire.cut();
      await stage.page.getByText(stage.text("connection.offline")).waitFor();
      await send(stage, "The tunnel begins here. I write on, you will get it later.");
      await send(stage, "And one more thing: the tickets are booked.");
      await expect(stage.log.getByText(stage.text("chat.queued"), { exact: true })).toHaveCount(2);
    },
  },
  {
    name: "sending",
    bring: async (stage) => {
      await stage.open(await stage.story.newSpare("Prices for the team plan"));
      stage.wire.hold();
      await send(stage, "Twelve a month for each of us, all in.");
      await stage.log.getByText(stage.text("chat.sending"), { exact: true }).waitFor();
    },
  },
  {
    name: "not-sent",
    bring: async (stage) => {
      const { story } = stage;
      const spare = await story.newSpare("Names for the product");
      await stage.open(spare);
      await lose(stage);
      await send(stage, "What about Harbour?");
      await story.marco.rest("PATCH", `/workflows/${spare.id}`, { status: "completed" });
      await stage.wire.mend();
      await stage.button("connection.tryNow").click();
      await expect(stage.log.getByRole("alert")).toContainText(stage.text("chat.notSent", { reason: stage.text("chat.reason.closed") }));
    },
  },
];
