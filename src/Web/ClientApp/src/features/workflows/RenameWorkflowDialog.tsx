import { useT } from "../../app/i18n";
import { renameWorkflow } from "../../app/workflow-actions";
import type { Workflow } from "../../app/listed-workflow";
import { TitleDialog } from "./TitleDialog";

export function RenameWorkflowDialog({ workflow: { id, title }, onClose }: { workflow: Workflow; onClose: () => void }) {
  const t = useT();
  return (
    <TitleDialog
      heading={t("workflows.renameTitle")}
      initialTitle={title}
      submitText={t("app.save")}
      onClose={onClose}
      onSubmit={(changed) => renameWorkflow(id, changed)}
    />
  );
}
