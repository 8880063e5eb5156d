import { afterEach, expect, test, vi } from "vitest";
import { localeOf } from "./locale";

afterEach(() => vi.unstubAllGlobals());

test("dates and times are those of the variant that the browser prefers", () => {
  vi.stubGlobal("navigator", { languages: ["de-CH", "en-GB", "en-US"] });

  expect(localeOf("en")).toBe("en-GB");
  expect(localeOf("de")).toBe("de-CH");
});

test("without a variant the language itself is taken", () => {
  vi.stubGlobal("navigator", { languages: ["fr-FR"] });

  expect(localeOf("de")).toBe("de");
});
