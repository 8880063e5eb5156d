import type { GlobalToken } from "antd";

/** The theme's colours, and those that it lacks, as CSS variables for this feature's style sheets. Text on each ground has a contrast of 4.5 and more. */
export function chatColours(token: GlobalToken, isDark: boolean): Readonly<Record<`--chat-${string}`, string>> {
  return {
    "--chat-text": token.colorText,
    "--chat-text-secondary": isDark ? "#a8a8a8" : "#5c5c5c",
    "--chat-background": token.colorBgContainer,
    "--chat-raised": token.colorBgElevated,
    "--chat-border": token.colorBorderSecondary,
    "--chat-border-strong": token.colorBorder,
    "--chat-primary": token.colorPrimary,
    "--chat-error": isDark ? "#ff7875" : "#c0161c",
    "--chat-success": token.colorSuccess,
    "--chat-hover": token.colorFillSecondary,
    "--chat-mono": "ui-monospace, 'Cascadia Code', 'SF Mono', Menlo, Consolas, monospace",
    ...(isDark ? dark : light),
  };
}

const light = {
  "--chat-own": "#dfe3ff",
  "--chat-others": "color-mix(in srgb, var(--chat-text) 7%, var(--chat-background))",
  "--chat-link": "#2f3fc4",
  "--chat-code": "rgb(0 0 0 / 7%)",
  "--chat-code-block": "#fafafa",
  "--chat-code-string": "#1a6b34",
  "--chat-code-number": "#8a4600",
  "--chat-code-keyword": "#7b1fa2",
  "--chat-code-tag": "#0b5394",
  "--chat-code-removed": "#b3261e",
  "--chat-highlight": "#fff3c4",
} as const;

const dark = {
  "--chat-own": "#2b3170",
  "--chat-others": "color-mix(in srgb, var(--chat-text) 11%, var(--chat-background))",
  "--chat-link": "#aab4ff",
  "--chat-code": "rgb(255 255 255 / 12%)",
  "--chat-code-block": "color-mix(in srgb, #000 35%, var(--chat-background))",
  "--chat-code-string": "#8fd19e",
  "--chat-code-number": "#f0b878",
  "--chat-code-keyword": "#d7a6f0",
  "--chat-code-tag": "#8ec5ff",
  "--chat-code-removed": "#ff9a94",
  "--chat-highlight": "#5a4a12",
} as const;
