import { Button } from "antd";
import { useT } from "./i18n";

/** Instead of a page that failed. */
export function ErrorPage() {
  const t = useT();
  return (
    <main className="splash">
      <h1 className="page-title">{t("app.failed")}</h1>
      <p>{t("app.failedHint")}</p>
      <Button type="primary" onClick={() => window.location.reload()}>
        {t("app.reload")}
      </Button>
    </main>
  );
}
