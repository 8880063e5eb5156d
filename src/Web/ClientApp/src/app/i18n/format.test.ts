import { expect, test } from "vitest";
import { format } from "./format";

test("parameters are filled in, and a missing one stays to be seen", () => {
  expect(format("{name} is in, {name}. {other}", { name: "Marco" })).toBe("Marco is in, Marco. {other}");
});

test.each([
  [0, "0 messages"],
  [1, "1 message"],
  [2, "2 messages"],
])("the word follows the number %i", (count, text) => {
  expect(format("{count} {count|message|messages}", { count })).toBe(text);
});
