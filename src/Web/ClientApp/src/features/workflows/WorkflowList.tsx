import { CloseCircleFilled, SearchOutlined } from "@ant-design/icons";
import { Button, Input, Skeleton, type InputRef } from "antd";
import { useDeferredValue, useRef, useState } from "react";
import { useAuth } from "../../app/auth-store";
import { useT } from "../../app/i18n";
import { useShortcut } from "../../app/shortcuts";
import type { ListedWorkflow } from "../../app/listed-workflow";
import { useListedWorkflows, useWorkflows } from "../../app/workflow-feed";
import { WorkflowListItem } from "./WorkflowListItem";
import styles from "./WorkflowList.module.css";

/**
 * The user's workflows, the one with the newest message first. They are links and not the `Conversations` of Ant Design X,
 * whose entries can be neither focused nor opened in a new tab.
 */
export function WorkflowList() {
  const t = useT();
  const { user } = useAuth();
  const { isError, refetch } = useWorkflows();
  const workflows = useListedWorkflows();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLocaleLowerCase());
  const input = useRef<InputRef>(null);
  useShortcut({ keys: "mod+k", description: "app.shortcut.search", run: () => input.current?.focus({ cursor: "all" }) });
  const found = workflows?.filter((workflow) => matches(workflow, wanted));
  return (
    <nav className={styles.list} aria-label={t("workflows.title")}>
      <div className={styles.search}>
        <Input
          ref={input}
          type="search"
          allowClear={{ clearIcon: <CloseCircleFilled aria-label={t("workflows.clearSearch")} /> }}
          prefix={<SearchOutlined aria-hidden />}
          aria-label={t("workflows.search")}
          placeholder={t("workflows.search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <div className={styles.scroller}>
        {!found && !isError && <Skeleton className={styles.skeleton} active title={false} paragraph={{ rows: 5, width: "100%" }} />}
        {!found && isError && (
          <div className={styles.note} role="alert">
            <p>{t("workflows.loadFailed")}</p>
            <Button onClick={() => void refetch()}>{t("app.retry")}</Button>
          </div>
        )}
        {found && found.length === 0 && (
          <p className={styles.note} role="status">
            {t("workflows.noneFound")}
          </p>
        )}
        {found && found.length > 0 && (
          <ul className={styles.items}>
            {found.map((workflow) => (
              <WorkflowListItem key={workflow.id} workflow={workflow} userId={user?.id ?? ""} />
            ))}
          </ul>
        )}
      </div>
    </nav>
  );
}

function matches({ title, activity, participants }: ListedWorkflow, wanted: string): boolean {
  const texts = [title, activity?.lastLine?.content ?? "", ...participants.map(({ name }) => name)];
  return wanted === "" || texts.some((text) => text.toLocaleLowerCase().includes(wanted));
}
