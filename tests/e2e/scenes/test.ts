import { expect, test as base } from "../support/test.ts";
import type { Scene } from "./scene.ts";
import { Stage, type StageOptions } from "./stage.ts";

interface WorkerFixtures {
  readonly stageOptions: StageOptions;
  readonly preparedStage: Stage;
}

interface TestFixtures {
  /** Where scenes are brought up, one after the other; a test that brings one up finds nothing of the one before. */
  readonly stage: Stage;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  stageOptions: [{ width: 1280, height: 800, language: "en" }, { option: true, scope: "worker" }],

  preparedStage: [
    async ({ browser, server, stageOptions }, use) => {
      const stage = await Stage.set(browser, server.url, stageOptions);
      await use(stage);
      await stage.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  stage: async ({ preparedStage }, use) => {
    preparedStage.complaints.take();
    await preparedStage.clear();
    await use(preparedStage);
    expect(preparedStage.complaints.take(), "what the browser complained about").toEqual([]);
  },
});

/** Brings a scene up. What the browser complains about in one that shows a failure is part of it. */
export async function bring(stage: Stage, { bring, isFailure }: Scene): Promise<void> {
  await bring(stage);
  if (isFailure) {
    expect(stage.complaints.take(), "what the browser complained about").not.toEqual([]);
  }
}

export { expect };
