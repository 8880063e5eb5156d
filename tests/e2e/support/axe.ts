import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** WCAG 2.2 up to AA, and what is good beyond it. */
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds: the rule, what is wrong, and where. */
export async function violations(page: Page): Promise<readonly string[]> {
  return found(new AxeBuilder({ page }).withTags(tags));
}

/** The same for what another theme can change. */
export async function colourViolations(page: Page): Promise<readonly string[]> {
  return found(new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]));
}

async function found(axe: AxeBuilder): Promise<readonly string[]> {
  // Without frames to look into it need not be loaded twice.
  const { violations } = await axe.setLegacyMode(true).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}\n${failureSummary}`));
}
