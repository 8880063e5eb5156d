import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The browser to test in: the one that `PLAYWRIGHT_CHROMIUM` names, or `chromium` on the PATH.
 * @throws There is neither.
 */
export function chromium(): string {
  const named = process.env.PLAYWRIGHT_CHROMIUM;
  const found = named || (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "chromium")).find(isProgram);
  if (!found) {
    throw new Error(
      "The browser tests need Chromium: install it (on Debian: apt-get install chromium), or name one in PLAYWRIGHT_CHROMIUM.",
    );
  }
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
