import { Avatar, Button, Modal } from "antd";
import { useAuth } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { initialsOf } from "../../app/initials";
import type { Workflow } from "../../app/listed-workflow";
import { useReturnFocus } from "../../app/use-return-focus";
import { useActivities } from "../../app/workflow-feed";
import { AddParticipantForm } from "./AddParticipantForm";
import { hueOf } from "../../app/hue";
import styles from "./PeopleDialog.module.css";
import { useWorkflowCommands } from "./use-workflow-commands";

interface PeopleDialogProps {
  readonly workflow: Workflow;
  readonly onClose: () => void;
}

/** Who is in a workflow; owners add and remove people here. */
export function PeopleDialog({ workflow, onClose }: PeopleDialogProps) {
  useReturnFocus();
  const t = useT();
  const { user } = useAuth();
  const { id, title, role, participants } = workflow;
  const online = useActivities().get(id)?.online;
  const commands = useWorkflowCommands(workflow);
  const isOwner = role === "owner";
  return (
    <Modal open title={t("workflows.peopleTitle", { title })} onCancel={onClose} footer={null}>
      <ul className={styles.people}>
        {participants.map((participant) => {
          const { userId, name } = participant;
          const isSelf = userId === user?.id;
          return (
            <li key={userId} className={styles.person}>
              <span className={styles.picture}>
                <Avatar className={styles.avatar} style={{ "--hue": hueOf(userId) } as React.CSSProperties} aria-hidden>
                  {initialsOf(name)}
                </Avatar>
                {online?.has(userId) && <span className={styles.online} />}
              </span>
              <div className={styles.texts}>
                <div className={styles.name}>
                  {name}
                  {isSelf && <span className={styles.quiet}> ({t("workflows.isYou")})</span>}
                </div>
                <div className={styles.quiet} title={t(`workflows.roleHint.${participant.role}`)}>
                  {t(`workflows.role.${participant.role}`)}
                  {online?.has(userId) && <> · {t("workflows.isOnline")}</>}
                </div>
              </div>
              {isSelf ? (
                <Button
                  onClick={() => {
                    onClose();
                    commands.leave();
                  }}
                >
                  {t("workflows.leave")}
                </Button>
              ) : (
                isOwner && (
                  <Button aria-label={t("workflows.removeName", { name })} onClick={() => commands.remove(userId, name)}>
                    {t("workflows.remove")}
                  </Button>
                )
              )}
            </li>
          );
        })}
      </ul>
      {isOwner ? <AddParticipantForm workflowId={id} /> : <p className={styles.quiet}>{t("workflows.onlyOwners")}</p>}
    </Modal>
  );
}
