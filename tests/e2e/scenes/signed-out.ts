import { expect } from "@playwright/test";
import type { Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

/** Sarah in a browser of her own, before her app, with everything loaded. */
async function signedIn(stage: Stage): Promise<void> {
  await stage.inAnotherBrowser();
  await stage.go("/sessions");
  await stage.page.getByText(stage.text("sessions.this")).waitFor();
}

async function atSignIn(stage: Stage): Promise<void> {
  await stage.button("auth.signIn").waitFor();
}

async function signOutByMenu(stage: Stage): Promise<void> {
  if (stage.isPhone) {
    await stage.button("app.openNavigation").click();
  }
  await stage.page.getByRole("complementary").or(stage.dialog).getByRole("button", { name: stage.text("auth.signOut") }).click();
}

async function endedElsewhere(stage: Stage): Promise<void> {
  const own = await stage.page.evaluate(() => Object.entries(sessionStorage).find(([key]) => key.startsWith("bmadserver.session."))?.[1]);
  await stage.story.sarah.rest("DELETE", `/sessions/${own}`);
}

/** The pages before sign-in, and what they say. */
export const signedOut: readonly Scene[] = [
  {
    name: "sign-in",
    bring: async (stage) => {
      await stage.asStranger();
      await stage.go("/sign-in");
      await atSignIn(stage);
    },
  },
  {
    name: "sign-in-nothing-filled-in",
    bring: async (stage) => {
      await stage.asStranger();
      await stage.go("/sign-in");
      await stage.button("auth.signIn").click();
      await stage.page.getByText(stage.text("auth.emailRequired")).waitFor();
      await stage.page.getByText(stage.text("auth.passwordRequired")).waitFor();
    },
  },
  {
    name: "sign-in-refused",
    bring: async (stage) => {
      await stage.asStranger();
      await stage.go("/sign-in");
      await stage.field("auth.email").fill("nobody@example.com");
      await stage.field("auth.password").fill("not the password");
      await stage.button("auth.signIn").click();
      await expect(stage.page.getByRole("alert")).toContainText(stage.text("auth.invalidCredentials"));
    },
  },
  {
    name: "sign-up",
    bring: async (stage) => {
      await stage.asStranger();
      await stage.go("/sign-up");
      await stage.button("auth.createAccount").waitFor();
    },
  },
  {
    name: "sign-up-refused",
    bring: async (stage) => {
      await stage.asStranger();
      await stage.go("/sign-up");
      await stage.field("auth.displayName").fill("Sarah Klein");
      await stage.field("auth.email").fill("sarah.klein");
      await stage.field("auth.password").fill("short");
      await stage.button("auth.createAccount").click();
      for (const field of ["auth.email", "auth.password"] as const) {
        await expect(stage.field(field)).toHaveAttribute("aria-invalid", "true");
      }
    },
  },
  {
    name: "signed-out",
    bring: async (stage) => {
      await signedIn(stage);
      await signOutByMenu(stage);
      await expect(stage.page.getByRole("status")).toContainText(stage.text("auth.signedOut.loggedOut"));
    },
  },
  {
    name: "signed-out-in-another-tab",
    bring: async (stage) => {
      await signedIn(stage);
      const tab = await stage.page.context().newPage();
      await tab.goto("/sessions");
      await tab.getByRole("listitem").getByRole("button", { name: stage.text("auth.signOut") }).click();
      await expect(stage.page.getByRole("status")).toContainText(stage.text("auth.signedOut.elsewhere"));
      await tab.close();
    },
  },
  {
    name: "signed-out-by-another-device",
    bring: async (stage) => {
      await signedIn(stage);
      await endedElsewhere(stage);
      await expect(stage.page.getByRole("status")).toContainText(stage.text("auth.signedOut.revoked"));
    },
  },
  {
    name: "signed-out-idle",
    bring: async (stage) => {
      await signedIn(stage);
      await stage.pass(31 * 60_000);
      await expect(stage.page.getByRole("status")).toContainText(stage.text("auth.signedOut.idle"));
    },
  },
];
