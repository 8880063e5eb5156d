import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link, Navigate } from "react-router";
import { useAuth } from "../../app/auth-store";
import { openDialog } from "../../app/dialogs";
import { useT } from "../../app/i18n";
import { lastWorkflow } from "../../app/last-workflow";
import { PageHeader } from "../../app/page-header";
import { useWorkflows } from "../../app/workflow-feed";
import styles from "./HomePage.module.css";

/** Where somebody begins: the workflow of the last time, or what to do first. */
export default function HomePage() {
  const t = useT();
  const { user } = useAuth();
  const { data } = useWorkflows();
  const last = lastWorkflow();
  if (last !== undefined && data === undefined) {
    return null;
  }

  if (last !== undefined && data?.some(({ id }) => id === last)) {
    return <Navigate to={`/w/${last}`} replace />;
  }

  const personal = data?.find((workflow) => workflow.personal);
  const steps = [
    [t("workflows.stepCreate"), t("workflows.stepCreateText")],
    [t("workflows.stepInvite"), t("workflows.stepInviteText")],
    [t("workflows.stepWrite"), t("workflows.stepWriteText")],
  ] as const;
  return (
    <>
      <PageHeader title={t("workflows.homeTitle")} />
      <div className={styles.page}>
        <img src="/icon.svg" alt="" width={72} height={72} />
        <h2 className={styles.welcome}>{t("workflows.welcome", { name: user?.displayName ?? "" })}</h2>
        <p className={styles.intro}>{t("workflows.welcomeText")}</p>
        <ol className={styles.steps}>
          {steps.map(([title, text]) => (
            <li key={title}>
              <strong>{title}</strong>
              <span>{text}</span>
            </li>
          ))}
        </ol>
        <Button type="primary" size="large" icon={<PlusOutlined aria-hidden />} onClick={() => openDialog({ kind: "createWorkflow" })}>
          {t("workflows.startFirst")}
        </Button>
        {personal && (
          <Link className={styles.personal} to={`/w/${personal.id}`}>
            {t("workflows.openPersonal")}
          </Link>
        )}
      </div>
    </>
  );
}
