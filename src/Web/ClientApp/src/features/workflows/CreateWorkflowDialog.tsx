import { useNavigate } from "react-router";
import { useT } from "../../app/i18n";
import { announce } from "../../app/live-region";
import { createWorkflow } from "../../app/workflow-actions";
import { TitleDialog } from "./TitleDialog";

export function CreateWorkflowDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  return (
    <TitleDialog
      heading={t("workflows.createTitle")}
      hint={t("workflows.createHint")}
      initialTitle=""
      submitText={t("workflows.create")}
      onClose={onClose}
      onSubmit={async (title) => {
        const { id } = await createWorkflow(title);
        announce(t("workflows.created", { title }));
        await navigate(`/w/${id}`);
      }}
    />
  );
}
