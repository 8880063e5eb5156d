import { Spin } from "antd";
import { useT } from "./i18n";

/** While it is not known yet who is signed in. */
export function SplashScreen({ unreachable }: { unreachable: boolean }) {
  const t = useT();
  return (
    <main className="splash">
      <Spin size="large" aria-label={t("app.loading")} />
      <p role="status">{unreachable ? t("app.unreachable") : ""}</p>
    </main>
  );
}
