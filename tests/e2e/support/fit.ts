import type { Page } from "@playwright/test";

/** What a finger can hit without another thing beside it, in CSS pixels. */
const fingertip = 44;

/** What is wider than its place, so that something has to be scrolled sideways: all but code and tables, which are scrolled alone. */
export function tooWide(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth) {
      found.push(`the page: ${document.documentElement.scrollWidth} pixels`);
    }
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const { overflowX } = getComputedStyle(element);
      const isScrolled = (overflowX === "auto" || overflowX === "scroll") && element.scrollWidth > element.clientWidth + 1;
      if (isScrolled && !element.matches("[role=region][tabindex], pre, textarea")) {
        found.push(`${element.outerHTML.slice(0, 150)}: ${element.scrollWidth} pixels in ${element.clientWidth}`);
      }
    }
    return found;
  });
}

/** What can be pressed, is outside of running text and is smaller than a fingertip, with its size. */
export function tooSmall(page: Page): Promise<readonly string[]> {
  return page.evaluate((size) => {
    const controls = "a[href], button, input, textarea, select, [role=button], [role=option], [role=menuitem], [role=switch], [role=combobox]";
    // Pressing what is around a control, or names it, does the same.
    const frames = "label, .ant-input-affix-wrapper, .ant-select, .ant-sender-content";
    const found: string[] = [];
    for (const control of document.querySelectorAll<HTMLElement>(controls)) {
      const isInText = control.matches("a") && getComputedStyle(control).display === "inline";
      const isShown = control.checkVisibility({ opacityProperty: false, visibilityProperty: true }) && control.tabIndex >= -1;
      const isOff = control.closest("[aria-hidden=true], [inert]") !== null || control.getBoundingClientRect().bottom <= 0;
      if (isInText || !isShown || isOff) {
        continue;
      }
      const { width, height } = (control.matches("input, textarea, [role=switch]") ? (control.closest(frames) ?? control) : control).getBoundingClientRect();
      if (width > 0 && (width < size - 0.5 || height < size - 0.5)) {
        found.push(`${Math.round(width)} × ${Math.round(height)}: ${control.outerHTML.slice(0, 200)}`);
      }
    }
    return found;
  }, fingertip);
}
