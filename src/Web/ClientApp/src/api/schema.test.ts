import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

test("the types are those of the description beside them (npm run api makes them anew)", () => {
  const hash = createHash("sha256").update(read("openapi.json")).digest("hex");

  expect(read("schema.d.ts").split("\n", 1)[0]).toContain(hash);
});
