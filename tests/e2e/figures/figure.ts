import { test as base } from "../support/test.ts";
import { Server } from "../support/server.ts";

/** One line of the table that is printed at the end. */
export interface Figure {
  readonly what: string;
  readonly atMost?: string;
  readonly measured: string;
}

/** How figures travel from a test to the reporter. */
export const FIGURE = "figure";

interface FigureFixtures {
  readonly report: (figure: Figure) => void;
}

export const test = base.extend<FigureFixtures>({
  server: [
    async ({}, use) => {
      // Thousands of messages a minute from one user are what the limits are there to refuse.
      const server = await Server.startNew({ RateLimits__Enabled: "false" });
      await use(server);
      await server.dispose();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  report: async ({}, use, testInfo) => {
    await use((figure) => testInfo.annotations.push({ type: FIGURE, description: JSON.stringify(figure) }));
  },
});

export { expect } from "@playwright/test";

/** @returns such as `12 ms, worst 40 ms of 50` */
export function medianAndWorst(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return `${inMilliseconds(median)}, worst ${inMilliseconds(sorted.at(-1) ?? NaN)} of ${sorted.length}`;
}

export function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function inMilliseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(2)} s`;
}
