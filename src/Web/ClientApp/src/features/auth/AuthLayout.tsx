import { DesktopOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Segmented } from "antd";
import { useEffect, type ReactNode } from "react";
import { useT } from "../../app/i18n";
import { usePreference } from "../../app/preferences";
import { showBadge } from "../../app/title-badge";
import styles from "./auth.module.css";

/** The frame of the pages before sign-in. */
export function AuthLayout({ title, children }: { title: string; children: ReactNode }) {
  const t = useT();
  const [language, setLanguage] = usePreference("language");
  const [theme, setTheme] = usePreference("theme");
  useEffect(() => showBadge(title, 0, t("app.name")), [title, t]);
  return (
    <div className={styles.page}>
      <main className={styles.card}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" width={44} height={44} />
          <div>
            <div className={styles.name}>{t("app.name")}</div>
            <div className={styles.tagline}>{t("app.tagline")}</div>
          </div>
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </main>
      <footer className={styles.footer}>
        <Segmented
          aria-label={t("app.language")}
          value={language}
          onChange={setLanguage}
          options={[
            { value: "system", label: t("app.language.system") },
            { value: "en", label: t("app.language.en") },
            { value: "de", label: t("app.language.de") },
          ]}
        />
        <Segmented
          aria-label={t("app.theme")}
          value={theme}
          onChange={setTheme}
          options={[
            { value: "system", icon: <DesktopOutlined aria-hidden />, ...named(t("app.theme.system")) },
            { value: "light", icon: <SunOutlined aria-hidden />, ...named(t("app.theme.light")) },
            { value: "dark", icon: <MoonOutlined aria-hidden />, ...named(t("app.theme.dark")) },
          ]}
        />
      </footer>
    </div>
  );
}

/** For an icon: beside the languages, a second "System" could be anything. */
function named(name: string) {
  return { label: <span className="visually-hidden">{name}</span>, title: name };
}
