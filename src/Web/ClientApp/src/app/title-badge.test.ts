// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { showBadge, titleOf } from "./title-badge";

beforeEach(() => {
  document.head.innerHTML = '<link rel="icon" href="/icon.svg">';
});

test.each([
  ["", 0, "bmadServer"],
  ["Plan", 0, "Plan – bmadServer"],
  ["Plan", 3, "(3) Plan – bmadServer"],
  ["", 100, "(99+) bmadServer"],
])("page %j with %i unread is titled %j", (page, unread, title) => {
  expect(titleOf(page, unread, "bmadServer")).toBe(title);
});

test("the tab's icon says whether something is unread", () => {
  const icon = () => document.querySelector("link")?.getAttribute("href");

  showBadge("Plan", 2, "bmadServer");
  expect([document.title, icon()]).toEqual(["(2) Plan – bmadServer", "/icon-unread.svg"]);

  showBadge("Plan", 0, "bmadServer");
  expect([document.title, icon()]).toEqual(["Plan – bmadServer", "/icon.svg"]);
});
