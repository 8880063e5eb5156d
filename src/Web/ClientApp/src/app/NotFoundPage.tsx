import { Button } from "antd";
import { useNavigate } from "react-router";
import { useT } from "./i18n";
import { PageHeader } from "./page-header";

/** For addresses that the app does not have. */
export default function NotFoundPage() {
  const t = useT();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t("app.notFound")} />
      <div className="splash">
        <p>{t("app.notFoundHint")}</p>
        <Button type="primary" onClick={() => void navigate("/")}>
          {t("app.toStart")}
        </Button>
      </div>
    </>
  );
}
