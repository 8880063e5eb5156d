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
  }, [language, isDark]);
  return (
    <ConfigProvider {...silentIcons} theme={useThemeConfig()} locale={language === "de" ? deDE : enUS}>
      <RouterProvider router={router} />
    </ConfigProvider>
  );
}
