import { describe, expect, test } from "vitest";
import { highlight } from "./highlight";

const kinds = (code: string, language: string) => highlight(code, language).filter(({ kind }) => kind !== "plain").map(({ kind, text }) => [kind, text]);

test("colours what has a meaning", () => {
  expect(kinds('const a = "x"; // why\nreturn 0x1F', "ts")).toEqual([
    ["keyword", "const"],
    ["string", '"x"'],
    ["comment", "// why"],
    ["keyword", "return"],
    ["number", "0x1F"],
  ]);
  expect(kinds("def f(): # c\n  return None", "Python")).toEqual([["keyword", "def"], ["comment", "# c"], ["keyword", "return"], ["keyword", "None"]]);
  expect(kinds("select * FROM t -- all", "sql")).toEqual([["keyword", "select"], ["keyword", "FROM"], ["comment", "-- all"]]);
  expect(kinds('{"a": "b", "c": 1}', "json")).toEqual([["tag", '"a"'], ["string", '"b"'], ["tag", '"c"'], ["number", "1"]]);
  expect(kinds("+new\n-old\n same", "diff")).toEqual([["added", "+new"], ["removed", "-old"]]);
});

test("leaves a language that it does not know alone", () => {
  expect(highlight("a b", "klingon")).toEqual([{ kind: "plain", text: "a b" }]);
});

describe("loses nothing and takes no time", () => {
  const pieces = ['"', "'", "`", "/*", "#", "<", "a", "1", "-", ".", "a:", "\\", "${", '"""', " ", "=", "[", "<!--", "+\n"];
  test.each(["ts", "python", "bash", "sql", "html", "json", "yaml", "css", "diff"])("in %s", (language) => {
    for (const piece of pieces) {
      const code = piece.repeat(Math.floor(16_000 / piece.length));
      const begin = performance.now();

      const tokens = highlight(code, language);

      // What explodes takes minutes.
      expect(performance.now() - begin, piece).toBeLessThan(10_000);
      expect(tokens.map(({ text }) => text).join("")).toBe(code);
    }
  });
});
