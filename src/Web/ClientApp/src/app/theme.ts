import { theme as antd, type ThemeConfig } from "antd";
import { useSyncExternalStore } from "react";
import { usePreference } from "./preferences";

const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const lessMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

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
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: "bmad" },
    token: {
      colorPrimary: isDark ? "#7c8cff" : "#4453d6",
      borderRadius: 8,
      fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
      motion: !isCalm,
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
