import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatClient } from "./chat-client.js";
import { ReconnectPolicy } from "./reconnect-policy.js";
import type { SignIn } from "./sign-in.js";
import { Refusal } from "./wire.js";

class AtOnce extends ReconnectPolicy {
  override nextRetryDelayInMilliseconds(): number {
    return 0;
  }
}

/** Starts a client whose tokens are refused with these codes, and waits for its end. */
async function refusedWith(...codes: string[]): Promise<{ reason: string; left: string[] }> {
  const signIn = {
    accessToken: () => Promise.reject(new Refusal(codes.shift()!, "No.")),
  } as unknown as SignIn;
  const reason = await new Promise<string>((resolve) => {
    void new ChatClient("http://server", signIn, { onEvent: () => {}, onEnd: resolve }, new AtOnce()).start();
  });
  return { reason, left: codes };
}

for (const code of ["auth.refresh_invalid", "auth.refresh_reused", "auth.invalid_credentials", "auth.required"]) {
  test(`ends when its token is refused with ${code}`, async () => {
    assert.deepEqual(await refusedWith(code, "not asked"), { reason: "signedOut", left: ["not asked"] });
  });
}

test("tries again after every other refusal of its token", async () => {
  const passing = ["service.unavailable", "server.error", "auth.refresh_raced", "something.new"];

  assert.deepEqual(await refusedWith(...passing, "auth.refresh_invalid"), { reason: "signedOut", left: [] });
});
