import { useT } from "./i18n";

/** While it is not known yet who is signed in. */
export function SplashScreen({ unreachable }: { unreachable: boolean }) {
  const t = useT();
  return (
    <main className="splash">
      <h1 className="visually-hidden">{t("app.name")}</h1>
      <img src="/icon.svg" alt={t("app.loading")} width={72} height={72} />
      <p role="status">{unreachable ? t("app.unreachable") : ""}</p>
    </main>
  );
}
