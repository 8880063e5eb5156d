import { expect, test } from "vitest";
import { Refusal } from "./refusal.js";

const of = (text: string) => Refusal.of(new Error(text));

test("a refused call is told from a broken connection", () => {
  expect(of("workflow.not_found: There is no such workflow.")).toMatchObject({ code: "workflow.not_found", message: "There is no such workflow." });
  expect(of("Invocation canceled due to the underlying connection being closed.")).toBeUndefined();
  expect(of("WebSocket closed with status code: 1006 (no reason given).")).toBeUndefined();
  expect(Refusal.of("workflow.not_found: no error")).toBeUndefined();
});

test.each([
  ["service.unavailable", true],
  ["server.error", true],
  ["session.ended", true],
  ["rate_limited", true],
  ["validation.failed", false],
  ["workflow.closed", false],
  ["message.idempotency_conflict", false],
  ["hub.unknown_method", false],
])("%s may pass: %s", (code, isPassing) => {
  expect(of(`${code}: A sentence.`)?.isPassing).toBe(isPassing);
});

test("the pause that the server asks for is read from its sentence", () => {
  expect(of("rate_limited: Too many calls. Try again in 7 s.")?.retryAfter).toBe(7_000);
  expect(of("service.unavailable: The database does not answer.")?.retryAfter).toBeUndefined();
});
