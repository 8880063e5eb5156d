import { expect } from "@playwright/test";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

async function write(stage: Stage, text: string): Promise<void> {
  await stage.open(stage.story.plan);
  await stage.field("chat.message").fill(text);
}

const log = ["[10:20:01] starting", "[10:20:02] reading the brief", "[10:20:05] three steps found", "[10:20:09] step 1 done", "[10:20:11] waiting"].join("\n");

/** Where messages are written. */
export const composer: readonly Scene[] = [
  {
    name: "composer-long-text",
    bring: async (stage) => {
      await write(stage, Array.from({ length: 14 }, (_, place) => `Line ${place + 1} of a text that takes its time to come to the point.`).join("\n"));
    },
  },
  {
    name: "composer-over-the-limit",
    bring: async (stage) => {
      await write(stage, "All that was said so far. ".repeat(620));
      await stage.page.getByText(stage.text("chat.countOver", { length: 16_120, limit: 16_000, over: 120 })).waitFor();
    },
  },
  {
    name: "composer-commands",
    bring: async (stage) => {
      await write(stage, "/");
      await stage.page.getByRole("option", { name: "/help" }).waitFor();
    },
  },
  {
    name: "composer-unknown-command",
    bring: async (stage) => {
      await write(stage, "/halp");
      await stage.field("chat.message").press("Enter");
      await expect(stage.page.getByRole("alert")).toContainText(stage.text("chat.command.unknown", { name: "halp" }));
    },
  },
  {
    name: "composer-status",
    bring: async (stage) => {
      await write(stage, "/status ");
      await stage.field("chat.message").press("Enter");
      await stage.page.getByRole("status").filter({ hasText: stage.text("chat.status.active") }).waitFor();
    },
  },
  {
    name: "composer-command-refused",
    bring: async (stage) => {
      await write(stage, "/invite nobody@example.com");
      await stage.field("chat.message").press("Enter");
      await expect(stage.page.getByRole("alert")).toContainText(stage.text("chat.reason.noUser"));
    },
  },
  {
    name: "composer-help",
    bring: async (stage) => {
      await write(stage, "/help ");
      await stage.field("chat.message").press("Enter");
      await stage.dialog.getByText(stage.text("chat.helpMarkdown")).waitFor();
    },
  },
  {
    name: "composer-leave",
    bring: async (stage) => {
      await write(stage, "/leave ");
      await stage.field("chat.message").press("Enter");
      await stage.dialog.getByText(stage.text("chat.leaveHint")).waitFor();
    },
  },
  {
    name: "composer-pasted",
    bring: async (stage) => {
      await write(stage, "");
      await stage.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await stage.page.evaluate((text) => navigator.clipboard.writeText(text), log);
      await stage.field("chat.message").focus();
      await stage.page.keyboard.press("ControlOrMeta+v");
      await stage.button("chat.pasteAsCode").waitFor();
    },
  },
];
