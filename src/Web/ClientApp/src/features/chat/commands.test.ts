import { describe, expect, test } from "vitest";
import { commandsFor, parseCommand } from "./commands";

describe("a text", () => {
  test.each(["hello", "/usr/bin is a path", "//help", "/", "a /help", "/123"])("is a message: %s", (text) => {
    expect(parseCommand(text)).toEqual({ kind: "message" });
  });

  test.each([
    ["/help", { name: "help" }],
    ["  /PAUSE  ", { name: "pause" }],
    ["/invite ada@example.com", { name: "invite", email: "ada@example.com", role: "contributor" }],
    ["/invite ada@example.com observer", { name: "invite", email: "ada@example.com", role: "observer" }],
  ])("is a command: %s", (text, command) => {
    expect(parseCommand(text)).toEqual({ kind: "command", command });
  });

  test.each(["/invite", "/invite ada", "/invite ada@example.com boss", "/invite ada@example.com owner now"])("is an invitation that says too little or too much: %s", (text) => {
    expect(parseCommand(text)).toEqual({ kind: "inviteUsage" });
  });

  test("is a command that does not exist", () => {
    expect(parseCommand("/halp me")).toEqual({ kind: "unknown", name: "halp" });
  });
});

test("the palette offers what begins with what was typed", () => {
  expect(commandsFor("/")).toHaveLength(6);
  expect(commandsFor("/P")).toEqual(["pause"]);
  expect(commandsFor("/re")).toEqual(["resume"]);
  expect(commandsFor("/x")).toEqual([]);
  expect(commandsFor("/help ")).toEqual([]);
  expect(commandsFor("")).toEqual([]);
});
