import { closeDialog, openedDialog } from "../../app/dialogs";
import { useStore } from "../../app/store";
import { useWorkflows } from "../../app/workflow-feed";
import { CreateWorkflowDialog } from "./CreateWorkflowDialog";
import { PeopleDialog } from "./PeopleDialog";
import { RenameWorkflowDialog } from "./RenameWorkflowDialog";

/** The dialogs about workflows, opened from wherever in the app. */
export function WorkflowDialogs() {
  const dialog = useStore(openedDialog);
  const { data } = useWorkflows();
  const workflow = dialog && "workflowId" in dialog ? data?.find(({ id }) => id === dialog.workflowId) : undefined;
  switch (dialog?.kind) {
    case "createWorkflow":
      return <CreateWorkflowDialog onClose={closeDialog} />;
    case "renameWorkflow":
      return workflow && <RenameWorkflowDialog workflow={workflow} onClose={closeDialog} />;
    case "people":
      return workflow && <PeopleDialog workflow={workflow} onClose={closeDialog} />;
    default:
      return null;
  }
}
