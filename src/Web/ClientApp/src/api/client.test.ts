import { afterEach, expect, test, vi } from "vitest";
import { createApi } from "./client";
import { dataOf } from "./problem";

const server = "http://server.test";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** @returns the Authorization header and the body of each request */
function answering(...answers: (() => Response)[]) {
  const requests: [string | null, string][] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    requests.push([request.headers.get("Authorization"), await request.text()]);
    return answers.shift()!();
  });
  return requests;
}

const tokens = () => ({
  get: (stale?: string) => Promise.resolve({ token: stale === undefined ? "first" : "second", userId: "sarah", expiresAt: 0 }),
});

const create = (api: ReturnType<typeof createApi>) => dataOf(api.POST("/api/v1/workflows", { body: { title: "Plan" } }));

test("a call that is refused as outdated is made once more with a fresh token, body and all", async () => {
  const requests = answering(
    () => Response.json({ code: "auth.required" }, { status: 401 }),
    () => Response.json({ id: "w" }, { status: 201 }),
  );

  await expect(create(createApi(tokens, server))).resolves.toEqual({ id: "w" });

  const body = '{"title":"Plan"}';
  expect(requests).toEqual([
    ["Bearer first", body],
    ["Bearer second", body],
  ]);
});

test("a refusal keeps its code and its sentences by field", async () => {
  answering(() => Response.json({ code: "validation.failed", detail: "No.", errors: { title: ["Too long."] } }, { status: 400 }));

  await expect(create(createApi(tokens, server))).rejects.toMatchObject({ code: "validation.failed", status: 400, errors: { title: ["Too long."] } });
});

test.each([
  [429, "rate_limited"],
  [503, "service.unavailable"],
  [502, "http"],
])("an answer %i that is not the server's own is %s", async (status, code) => {
  answering(() => new Response("<html>", { status }));

  await expect(create(createApi(tokens, server))).rejects.toMatchObject({ code, status });
});

test("no answer at all is a problem of the network", async () => {
  answering(() => {
    throw new TypeError("fetch failed");
  });

  await expect(create(createApi(tokens, server))).rejects.toMatchObject({ code: "network" });
});

test("nobody's calls bear no token", async () => {
  const requests = answering(() => Response.json({ id: "u" }, { status: 201 }));

  await create(createApi(() => undefined, server));

  expect(requests[0]![0]).toBeNull();
});
