import { expect } from "@playwright/test";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

async function openSettings(stage: Stage): Promise<void> {
  await stage.open(stage.story.plan);
  await stage.showList();
  await stage.button("app.settings").click();
}

/** What surrounds the conversations: start page, list, dialogs, and pages that are not there. */
export const shell: readonly Scene[] = [
  {
    name: "home",
    bring: async (stage) => {
      await stage.go("/");
      await stage.button("workflows.startFirst").waitFor();
      await stage.page.getByRole("link", { name: stage.text("workflows.openPersonal") }).waitFor();
    },
  },
  {
    name: "list-unread",
    bring: async (stage) => {
      const { story } = stage;
      const spare = await story.newSpare("Kick-off with the first customer");
      await stage.open(story.plan);
      await stage.listed(spare.title).or(stage.button("app.openNavigation")).waitFor();
      await stage.showList();
      await expect(stage.listed(spare.title)).toContainText(stage.text("workflows.unread", { count: 2 }));
    },
  },
  {
    name: "list-search",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.showList();
      await stage.page.getByRole("searchbox", { name: stage.text("workflows.search") }).fill("friday");
      await expect(stage.listed(stage.story.standUp.title)).toBeHidden();
      await stage.listed(stage.story.plan.title).waitFor();
    },
  },
  {
    name: "list-nothing-found",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.showList();
      await stage.page.getByRole("searchbox", { name: stage.text("workflows.search") }).fill("submarine");
      await stage.page.getByText(stage.text("workflows.noneFound")).waitFor();
    },
  },
  {
    name: "list-not-loaded",
    bring: async (stage) => {
      await stage.page.route("**/api/v1/workflows?*", (route) => route.abort("connectionrefused"));
      await stage.go("/sessions");
      if (stage.isPhone) {
        await stage.button("app.openNavigation").click();
      }
      await stage.page.getByText(stage.text("workflows.loadFailed")).waitFor({ timeout: 60_000 });
      await stage.page.unroute("**/api/v1/workflows?*");
    },
  },
  {
    name: "create",
    bring: async (stage) => {
      await stage.go("/");
      await stage.button("workflows.startFirst").click();
      await expect(stage.field("workflows.titleLabel")).toBeFocused();
    },
  },
  {
    name: "create-without-title",
    bring: async (stage) => {
      await stage.go("/");
      await stage.button("workflows.startFirst").click();
      await stage.button("workflows.create").click();
      await stage.page.getByText(stage.text("workflows.titleRequired")).waitFor();
    },
  },
  {
    name: "rename",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.button("workflows.actions").click();
      await stage.page.getByRole("menuitem", { name: stage.text("workflows.rename") }).click();
      await expect(stage.field("workflows.titleLabel")).toBeFocused();
    },
  },
  {
    name: "people",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.page.getByRole("button", { name: new RegExp(`^${stage.text("workflows.people")}`) }).click();
      await stage.dialog.getByText("Olga Novak").waitFor();
    },
  },
  {
    name: "people-nobody-with-this-address",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.page.getByRole("button", { name: new RegExp(`^${stage.text("workflows.people")}`) }).click();
      await stage.field("workflows.email").fill("nobody@example.com");
      await stage.button("workflows.add").click();
      await stage.dialog.getByText(stage.text("problem.user.not_found")).waitFor();
    },
  },
  {
    name: "people-roles",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.page.getByRole("button", { name: new RegExp(`^${stage.text("workflows.people")}`) }).click();
      await stage.dialog.getByRole("combobox").click();
      await stage.page.getByText(stage.text("workflows.roleHint.observer")).last().waitFor();
    },
  },
  {
    name: "people-of-others",
    bring: async (stage) => {
      await stage.open(stage.story.observed);
      await stage.page.getByRole("button", { name: new RegExp(`^${stage.text("workflows.people")}`) }).click();
      await stage.dialog.getByText(stage.text("workflows.onlyOwners")).waitFor();
    },
  },
  {
    name: "remove-somebody",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.page.getByRole("button", { name: new RegExp(`^${stage.text("workflows.people")}`) }).click();
      await stage.dialog.getByRole("button", { name: stage.text("workflows.removeName", { name: "Olga Novak" }) }).click();
      await expect(stage.button("workflows.keep")).toBeFocused();
    },
  },
  {
    name: "workflow-menu",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.button("workflows.actions").click();
      await stage.page.getByRole("menuitem", { name: stage.text("workflows.leave") }).waitFor();
    },
  },
  ...(["complete", "cancel", "leave"] as const).map(
    (action): Scene => ({
      name: `confirm-${action}`,
      bring: async (stage) => {
        await stage.open(stage.story.plan);
        await stage.button("workflows.actions").click();
        await stage.page.getByRole("menuitem", { name: stage.text(`workflows.${action}`), exact: true }).click();
        await expect(stage.button("workflows.keep")).toBeFocused();
      },
    }),
  ),
  {
    name: "settings",
    bring: async (stage) => {
      await openSettings(stage);
      await stage.dialog.getByText(stage.text("app.sendWithEnter")).waitFor();
    },
  },
  {
    name: "change-password",
    bring: async (stage) => {
      await openSettings(stage);
      await stage.button("auth.changePassword").click();
      await expect(stage.field("auth.currentPassword")).toBeFocused();
    },
  },
  {
    name: "change-password-refused",
    bring: async (stage) => {
      await openSettings(stage);
      await stage.button("auth.changePassword").click();
      await stage.field("auth.currentPassword").fill("not the password");
      await stage.field("auth.newPassword").fill("short");
      await stage.button("auth.changePassword", stage.dialog.last()).click();
      await expect(stage.field("auth.newPassword")).toHaveAttribute("aria-invalid", "true");
    },
  },
  {
    name: "shortcuts",
    bring: async (stage) => {
      await openSettings(stage);
      await stage.dialog.getByRole("button", { name: stage.text("app.shortcuts") }).click();
      await stage.page.getByText(stage.text("app.characterShortcuts")).waitFor();
    },
  },
  {
    name: "sessions",
    bring: async (stage) => {
      await stage.go("/sessions");
      await stage.page.getByText(stage.text("sessions.this")).waitFor();
      await stage.page.getByText(stage.text("sessions.deviceOn", { browser: "Firefox", system: "Windows" })).waitFor();
    },
  },
  {
    name: "end-sessions",
    bring: async (stage) => {
      await stage.go("/sessions");
      await stage.button("sessions.endOthers").click();
      await expect(stage.button("sessions.keep")).toBeFocused();
    },
  },
  {
    name: "idle",
    bring: async (stage) => {
      await stage.open(stage.story.plan);
      await stage.pass(28.5 * 60_000);
      await expect(stage.button("auth.staySignedIn")).toBeFocused();
    },
  },
  {
    name: "not-found",
    bring: async (stage) => {
      await stage.go("/nowhere");
      await stage.page.getByText(stage.text("app.notFoundHint")).waitFor();
    },
  },
  {
    name: "workflow-not-found",
    bring: async (stage) => {
      await stage.go("/w/01a20635-c1ed-7c53-81a0-000000000000");
      await stage.page.getByText(stage.text("chat.noWorkflowHint")).waitFor();
    },
  },
  {
    name: "page-that-failed",
    isFailure: true,
    bring: async (stage) => {
      await stage.page.route("**/api/v1/sessions", (route) => route.fulfill({ json: { sessions: [{}] } }));
      await stage.go("/sessions");
      await stage.page.getByText(stage.text("app.failedHint")).waitFor();
      await stage.page.unroute("**/api/v1/sessions");
    },
  },
];
