import { describe, expect, test } from "vitest";
import { asCodeBlock, countOf, isLongPaste, isSendable, isSendKey, type KeyPress } from "./composer-rules";

describe("the limit", () => {
  test("counts UTF-16 code units", () => {
    expect(countOf("😀").length).toBe(2);
    expect(isSendable("😀".repeat(8_000))).toBe(true);
    expect(isSendable("😀".repeat(8_000) + "a")).toBe(false);
  });

  test("is shown when it is near, and is over only above it", () => {
    expect(countOf("a".repeat(14_999))).toMatchObject({ isShown: false, isOver: false });
    expect(countOf("a".repeat(15_000))).toMatchObject({ isShown: true, isOver: false });
    expect(countOf("a".repeat(16_000))).toMatchObject({ isOver: false });
    expect(countOf("a".repeat(16_001))).toMatchObject({ isShown: true, isOver: true });
  });

  test("takes no white space for a message", () => {
    expect(isSendable(" \n\t")).toBe(false);
  });
});

describe("a key", () => {
  const press = (more: Partial<KeyPress>): KeyPress => ({ key: "Enter", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, isComposing: false, ...more });

  test.each([
    ["Enter, if the user likes", {}, true, true],
    ["Enter, if the user does not", {}, false, false],
    ["Ctrl+Enter", { ctrlKey: true }, false, true],
    ["Cmd+Enter", { metaKey: true }, false, true],
    ["Ctrl+Enter with Enter", { ctrlKey: true }, true, true],
    ["Shift+Enter", { shiftKey: true }, true, false],
    ["Enter of an input method", { isComposing: true }, true, false],
    ["Ctrl+Enter of an input method", { isComposing: true, ctrlKey: true }, true, false],
    ["a letter", { key: "a", ctrlKey: true }, true, false],
  ])("sends or not: %s", (_, more, sendWithEnter, sends) => {
    expect(isSendKey(press(more), sendWithEnter)).toBe(sends);
  });
});

describe("a paste", () => {
  test("of many lines is long, unless it is a code block already", () => {
    expect(isLongPaste("1\n2\n3\n4\n5")).toBe(true);
    expect(isLongPaste("1\n2\n3\n4")).toBe(false);
    expect(isLongPaste("```\n1\n2\n3\n4\n```")).toBe(false);
  });

  test("becomes a code block that its own backticks do not end", () => {
    expect(asCodeBlock("a\nb\n\n")).toBe("```\na\nb\n```\n");
    expect(asCodeBlock("````\nx")).toBe("`````\n````\nx\n`````\n");
  });
});
