import { expect, test } from "vitest";
import { noteRead, readMarks } from "./read-marks";

test("marks only move forward, and are the user's own", () => {
  noteRead("sarah", "w", 5);
  noteRead("sarah", "w", 3);
  noteRead("sarah", "v", 1);
  expect(readMarks.get()).toEqual({ userId: "sarah", sequences: new Map([["w", 5], ["v", 1]]) });

  noteRead("marco", "w", 2);
  expect(readMarks.get()).toEqual({ userId: "marco", sequences: new Map([["w", 2]]) });
});
