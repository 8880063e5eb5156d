import type { Stage } from "./stage.ts";

/** Something that the app can show. */
export interface Scene {
  /** Fit for the name of a file. */
  readonly name: string;
  /** Where there is such a thing; everywhere, unless named. */
  readonly only?: "desktop" | "phone";
  /** Whether the browser has something to complain about, as it should. */
  readonly isFailure?: boolean;
  /** Brings it up from an app that has not been opened yet, and returns when it can be seen. */
  bring(stage: Stage): Promise<void>;
}
