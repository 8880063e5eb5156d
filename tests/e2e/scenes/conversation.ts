import { expect, type Locator } from "@playwright/test";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

/** A message of the open conversation. */
function row(stage: Stage, text: string): Locator {
  return stage.log.getByRole("article").filter({ hasText: text });
}

async function openMenu(stage: Stage, text: string): Promise<void> {
  // The first one: others may quote it.
  const message = row(stage, text).first();
  await message.hover();
  await message.getByRole("button", { name: stage.text("chat.messageActions") }).click();
}

async function choose(stage: Stage, text: string, action: "reply" | "edit" | "delete"): Promise<void> {
  await openMenu(stage, text);
  await stage.page.getByRole("menuitem", { name: stage.text(`chat.${action}`) }).click();
}

/** With everything rendered: the table, and code in its colours. */
async function openPlan(stage: Stage): Promise<void> {
  await stage.open(stage.story.plan);
  await stage.log.getByText("Friday is fine.").waitFor();
}

async function scrollUp(stage: Stage): Promise<void> {
  // While the list is still on its way to where it begins, it does not stay where it is put.
  await expect(async () => {
    await stage.log.evaluate((list) => list.scrollTo(0, 0));
    await expect(stage.page.getByText(stage.text("chat.beginning"))).toBeInViewport({ timeout: 1_000 });
  }).toPass();
}

/** The conversation: its messages, and what can be done with them. */
export const conversation: readonly Scene[] = [
  { name: "conversation", bring: openPlan },
  {
    name: "conversation-beginning",
    bring: async (stage) => {
      await openPlan(stage);
      await scrollUp(stage);
    },
  },
  {
    name: "conversation-code",
    bring: async (stage) => {
      await openPlan(stage);
      const code = stage.log.getByRole("region");
      await code.focus();
      await expect(code).toBeInViewport();
      await code.getByText("async", { exact: true }).waitFor();
    },
  },
  {
    name: "conversation-empty",
    bring: async (stage) => {
      await stage.open(stage.story.empty);
      await stage.page.getByText(stage.text("chat.emptyTitle")).waitFor();
    },
  },
  {
    name: "conversation-unread",
    bring: async (stage) => {
      const { story } = stage;
      const spare = await story.newSpare("Interviews in Lisbon");
      await stage.open(spare);
      await stage.log.getByText(stage.text("chat.newMessages")).waitFor();
    },
  },
  {
    name: "conversation-new-messages-below",
    bring: async (stage) => {
      const { story } = stage;
      await stage.open(story.standUp);
      await expect(stage.log.getByRole("article").last()).toBeInViewport();
      await scrollUp(stage);
      await story.marco.send(story.standUp.id, "The build is in the store.");
      await stage.page.getByRole("button", { name: stage.text("chat.unread", { count: 1 }) }).waitFor();
    },
  },
  {
    name: "conversation-typing",
    bring: async (stage) => {
      const { story } = stage;
      await openPlan(stage);
      await expect(async () => {
        await story.marco.invoke("SetTyping", story.plan.id, true);
        await story.priya.invoke("SetTyping", story.plan.id, true);
        await stage.page.getByText(stage.text("chat.typingTwo", { first: "Marco Rossi", second: "Priya Nair" })).waitFor({ timeout: 2_000 });
      }).toPass();
    },
  },
  {
    name: "conversation-observer",
    bring: async (stage) => {
      await stage.open(stage.story.observed);
      await stage.page.getByText(stage.text("chat.observer")).waitFor();
    },
  },
  {
    name: "conversation-completed",
    bring: async (stage) => {
      await stage.open(stage.story.completed);
      await stage.page.getByText(stage.text("chat.closed")).waitFor();
    },
  },
  {
    name: "conversation-paused",
    bring: async (stage) => {
      await stage.open(stage.story.paused);
      await stage.page.getByRole("heading", { level: 1 }).getByText(stage.text("chat.status.paused")).waitFor();
    },
  },
  {
    name: "message-menu",
    bring: async (stage) => {
      await openPlan(stage);
      await openMenu(stage, "Let us decide on Friday");
      await stage.page.getByRole("menuitem", { name: stage.text("chat.edit") }).waitFor();
    },
  },
  {
    name: "message-focused",
    only: "desktop",
    bring: async (stage) => {
      await openPlan(stage);
      await stage.log.focus();
      await stage.page.keyboard.press("End");
      await stage.page.keyboard.press("ArrowUp");
      await expect(row(stage, "Let us decide on Friday").first()).toBeFocused();
    },
  },
  {
    name: "message-edit",
    bring: async (stage) => {
      await openPlan(stage);
      await choose(stage, "Let us decide on Friday", "edit");
      await expect(stage.field("chat.editMessage")).toBeFocused();
    },
  },
  {
    name: "message-reply",
    bring: async (stage) => {
      await openPlan(stage);
      await choose(stage, "That sentence belongs", "reply");
      await stage.page.getByText(stage.text("chat.replyingTo", { name: "Marco Rossi" })).waitFor();
    },
  },
  {
    name: "message-delete",
    bring: async (stage) => {
      await openPlan(stage);
      await choose(stage, "Let us decide on Friday", "delete");
      await stage.dialog.getByText(stage.text("chat.deleteHint")).waitFor();
    },
  },
];
