import { ConfigProvider } from "antd";
import deDE from "antd/locale/de_DE";
import enUS from "antd/locale/en_US";
import { useEffect } from "react";
import { RouterProvider } from "react-router/dom";
import { useLanguage } from "./i18n";
import { router } from "./router";
import { silentIcons } from "./silent-icons";
import { useIsDark, useThemeConfig } from "./theme";

export function App() {
  const language = useLanguage();
  const isDark = useIsDark();
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
    // The bar of a phone's browser, or of the installed app. Else it has the system's theme.
    const bars = document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]');
    bars.forEach((bar) => (bar.content = isDark ? "#16171d" : "#ffffff"));
  }, [language, isDark]);
  return (
    <ConfigProvider {...silentIcons} theme={useThemeConfig()} locale={language === "de" ? deDE : enUS}>
      <RouterProvider router={router} />
    </ConfigProvider>
  );
}
