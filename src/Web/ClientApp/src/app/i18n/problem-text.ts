import { problemOf } from "../../api/problem";
import { catalogues, type MessageKey, type Translate } from "./index";

/** What to tell the user about something that failed, in their language. */
export function problemText(t: Translate, error: unknown): string {
  const { code } = problemOf(error);
  const key = `problem.${code}`;
  return key in catalogues.en ? t(key as MessageKey) : t("problem.unknown", { code });
}
