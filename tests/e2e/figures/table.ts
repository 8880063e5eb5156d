import { cpus, loadavg } from "node:os";
import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import { FIGURE, type Figure } from "./figure.ts";

/** Prints what was measured as a Markdown table. */
export default class TableReporter implements Reporter {
  readonly #figures: Figure[] = [];
  #loadBefore = "";

  onBegin(): void {
    this.#loadBefore = load();
  }

  onTestEnd(_test: TestCase, { annotations }: TestResult): void {
    for (const { type, description } of annotations) {
      if (type === FIGURE && description !== undefined) {
        this.#figures.push(JSON.parse(description) as Figure);
      }
    }
  }

  onEnd(): void {
    console.log("\n| what: median, worst | measured | goal |\n| --- | --- | --- |");
    for (const { what, atMost, measured } of this.#figures) {
      console.log(`| ${what} | ${measured} | ${atMost ?? "–"} |`);
    }

    console.log("| axe violations | `npx playwright test specs/accessibility.spec.ts` fails at the first one | 0 |");
    console.log(`\n${cpus().length} processors; their load at the beginning ${this.#loadBefore}, now ${load()}.`);
  }

  printsToStdio(): boolean {
    return false;
  }
}

function load(): string {
  return loadavg()[0]!.toFixed(1);
}
