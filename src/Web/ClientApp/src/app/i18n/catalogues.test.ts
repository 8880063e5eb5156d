import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogues } from "./index";

const parametersOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();

test("English and German have the same keys, no empty texts and the same parameters", () => {
  expect(Object.keys(catalogues.de).sort()).toEqual(Object.keys(catalogues.en).sort());
  for (const [key, text] of Object.entries(catalogues.en)) {
    const german = catalogues.de[key as keyof typeof catalogues.de];
    expect(text.trim(), key).not.toBe("");
    expect(german.trim(), key).not.toBe("");
    expect(parametersOf(german), key).toEqual(parametersOf(text));
  }
});

test("components hold no text of their own", () => {
  const source = new URL("../../", import.meta.url);
  const components = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx$/.test(name) && !/\.test\.tsx$/.test(name));
  expect(components.length).toBeGreaterThan(10);
  for (const name of components) {
    const code = readFileSync(new URL(name, source), "utf8").replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
    const texts = [...code.matchAll(/<[\w.]+(?:\s[^<>]*)?>\s*([^<>{}]*\p{L}{2}[^<>{}]*)</gu)].map(([, text]) => text);
    const attributes = [...code.matchAll(/\b(?:aria-label|title|placeholder|alt|label|description)="([^"]+)"/g)].map(([, text]) => text);
    // Type arguments look like elements; they are followed by no sentence.
    expect([...texts.filter((text) => !/[=;()]/.test(text!)), ...attributes], name).toEqual([]);
  }
});
