import assert from "node:assert/strict";
import { test } from "node:test";
import { SignIn } from "./sign-in.js";
import { Refusal } from "./wire.js";

const tokens = (accessToken: string, expiresIn: number) =>
  Response.json({ accessToken, expiresIn, user: { id: "1", email: "sarah@example.com", displayName: "Sarah" } });

const refused = (code: string) => Response.json({ code, detail: "No." }, { status: 401 });

test("repeats a refresh that lost the race, and no other", async (context) => {
  const answers = [tokens("outdated", 0), refused("auth.refresh_raced"), tokens("short", 0), refused("auth.refresh_reused")];
  const fetching = context.mock.method(globalThis, "fetch", async () => answers.shift()!);
  const signIn = await SignIn.withPassword("http://server", "sarah@example.com", "correct horse battery");

  assert.equal(await signIn.accessToken(), "short");
  await assert.rejects(signIn.accessToken(), (error) => error instanceof Refusal && error.code === "auth.refresh_reused");

  assert.equal(fetching.mock.callCount(), 4);
});
