import { theme as antd, type ThemeConfig } from "antd";
import { useSyncExternalStore } from "react";
import { usePreference } from "./preferences";

const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const lessMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Quiet texts of Ant Design are too faint for WCAG AA by default. These are the colours of global.css. */
const light: ThemeConfig["token"] = {
  colorPrimary: "#4453d6",
  colorPrimaryHover: "#3844b5",
  colorError: "#b3261e",
  colorErrorBg: "#fdeceb",
  colorErrorBorder: "#eeb4b0",
  colorInfo: "#4453d6",
  colorLink: "#4453d6",
  colorTextBase: "#1c1e26",
  colorBgBase: "#ffffff",
  colorTextSecondary: "#4a4f5e",
  colorTextTertiary: "#5a5f70",
  colorTextDescription: "#5a5f70",
  colorTextPlaceholder: "#686d7e",
  colorIcon: "#5a5f70",
  colorBorder: "#8a90a3",
  colorBorderSecondary: "#dfe2ec",
};

const dark: ThemeConfig["token"] = {
  colorPrimary: "#6271f2",
  colorPrimaryHover: "#4a59d6",
  colorError: "#ff8078",
  colorInfo: "#8592ff",
  colorLink: "#aab4ff",
  colorTextBase: "#e6e8f0",
  colorBgBase: "#16171d",
  colorBgContainer: "#16171d",
  colorBgLayout: "#16171d",
  colorBgElevated: "#262933",
  colorTextSecondary: "#bcc1d0",
  colorTextTertiary: "#a5abbd",
  colorTextDescription: "#a5abbd",
  colorTextPlaceholder: "#9399ab",
  colorIcon: "#a5abbd",
  colorBorder: "#6a7085",
  colorBorderSecondary: "#343846",
};

/** Whether the dark theme is in force. */
export function useIsDark(): boolean {
  const [theme] = usePreference("theme");
  const isSystemDark = useMedia(systemDark);
  return theme === "system" ? isSystemDark : theme === "dark";
}

/** The look of every Ant Design component. */
export function useThemeConfig(): ThemeConfig {
  const isDark = useIsDark();
  const isCalm = useMedia(lessMotion);
  const isNarrow = useIsNarrow();
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: "bmad" },
    token: {
      ...(isDark ? dark : light),
      borderRadius: 8,
      fontSize: 15,
      fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
      motion: !isCalm,
      // Large enough for fingers where the screen is small.
      controlHeight: isNarrow ? 44 : 38,
      controlHeightSM: isNarrow ? 44 : 28,
    },
    components: {
      // White on the dark theme's light red could not be read.
      Button: isDark ? { dangerColor: "#2b0b08" } : {},
      Form: { verticalLabelPadding: "0 0 2px", itemMarginBottom: 16, labelColor: isDark ? "#bcc1d0" : "#3a3f4e" },
      Segmented: { trackBg: isDark ? "#0f1015" : "#e6e8f0", itemColor: isDark ? "#bcc1d0" : "#4a4f5e" },
    },
  };
}

function useMedia(media: MediaQueryList): boolean {
  return useSyncExternalStore(
    (changed) => {
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => media.matches,
  );
}

const narrow = window.matchMedia("(max-width: 767.98px)");

/** Whether the screen has room for one column only. */
export function useIsNarrow(): boolean {
  return useMedia(narrow);
}
