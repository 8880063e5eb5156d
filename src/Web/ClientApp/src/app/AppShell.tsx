import { MenuOutlined } from "@ant-design/icons";
import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, Badge, Button, Drawer, Spin } from "antd";
import { Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { Outlet, useLocation, useMatch, useNavigate } from "react-router";
import { ChangePasswordDialog } from "../features/auth/ChangePasswordDialog";
import { IdleDialog } from "../features/auth/IdleDialog";
import { WorkflowDialogs } from "../features/workflows/WorkflowDialogs";
import { WorkflowMenu } from "../features/workflows/WorkflowMenu";
import styles from "./AppShell.module.css";
import { ConnectionStrip } from "./ConnectionStrip";
import { closeDialog, openDialog } from "./dialogs";
import { useT } from "./i18n";
import { rememberWorkflow } from "./last-workflow";
import { announce } from "./live-region";
import { onNotificationClick } from "./notifications";
import { pageTitle, PageHeaderSlot } from "./page-header";
import { queryClient } from "./query-client";
import { SettingsDialog } from "./SettingsDialog";
import { ShortcutSheet } from "./ShortcutSheet";
import { useShortcut } from "./shortcuts";
import { beginSignedIn } from "./signed-in";
import { Sidebar } from "./Sidebar";
import { useStore } from "./store";
import { useIsNarrow } from "./theme";
import { showBadge } from "./title-badge";
import { useListedWorkflows, useUnreadTotal } from "./workflow-feed";

beginSignedIn();

/** Header and sidebar around the pages of a signed-in user. */
export default function AppShell() {
  return (
    <AntApp component={false}>
      <QueryClientProvider client={queryClient}>
        <Shell />
      </QueryClientProvider>
    </AntApp>
  );
}

function Shell() {
  const t = useT();
  const isNarrow = useIsNarrow();
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const closeDrawer = useRef<HTMLButtonElement>(null);
  const workflowId = useMatch("/w/:workflowId")?.params.workflowId;
  const { pathname } = useLocation();
  const navigate = useNavigate();

  useEffect(() => setDrawerOpen(false), [pathname]);
  // What was open belongs to who was signed in.
  useEffect(() => closeDialog, []);
  useEffect(() => onNotificationClick((address) => void navigate(address)), [navigate]);
  useEffect(() => {
    if (workflowId) {
      rememberWorkflow(workflowId);
    }
  }, [workflowId]);
  useShortcut({ keys: "?", description: "app.shortcut.help", run: () => openDialog({ kind: "shortcuts" }) });
  useShortcut({ keys: "alt+n", description: "app.shortcut.newWorkflow", run: () => openDialog({ kind: "createWorkflow" }) });

  return (
    <div className={styles.shell}>
      <a
        className={styles.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("app.skipToContent")}
      </a>
      {!isNarrow && (
        <aside className={styles.sidebar} aria-label={t("app.navigation")}>
          <Sidebar />
        </aside>
      )}
      <div className={styles.column}>
        <header className={styles.header}>
          {isNarrow && (
            <UnreadBadge>
              <Button
                type="text"
                className={styles.menuButton}
                icon={<MenuOutlined />}
                aria-label={t("app.openNavigation")}
                aria-expanded={isDrawerOpen}
                onClick={() => setDrawerOpen(true)}
              />
            </UnreadBadge>
          )}
          <PageHeaderSlot />
          {workflowId && <WorkflowMenu workflowId={workflowId} />}
        </header>
        <ConnectionStrip />
        <main id="content" className={styles.content} ref={main} tabIndex={-1}>
          <Suspense fallback={<Spin className={styles.loading} aria-label={t("app.loading")} />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {isNarrow && (
        <Drawer
          open={isDrawerOpen}
          onClose={() => setDrawerOpen(false)}
          // By itself the drawer looks for something to focus before anything in it can be.
          afterOpenChange={(isOpen) => isOpen && closeDrawer.current?.focus()}
          placement="left"
          size="min(340px, calc(100vw - 48px))"
          closable={false}
          aria-label={t("app.navigation")}
          styles={{ body: { padding: 0, background: "var(--panel)" } }}
        >
          <Sidebar onClose={() => setDrawerOpen(false)} closeButton={closeDrawer} />
        </Drawer>
      )}
      <TitleBadge />
      <Neighbours workflowId={workflowId} />
      <WorkflowDialogs />
      <SettingsDialog />
      <ChangePasswordDialog />
      <ShortcutSheet />
      <IdleDialog />
    </div>
  );
}

// What follows changes with every message, and is apart so that the shell is not drawn anew for it.

function UnreadBadge({ children }: { children: ReactNode }) {
  return (
    <Badge count={useUnreadTotal()} size="small" offset={[-10, 14]}>
      {children}
    </Badge>
  );
}

function TitleBadge() {
  const t = useT();
  const unread = useUnreadTotal();
  const title = useStore(pageTitle);
  useEffect(() => showBadge(title, unread, t("app.name")), [title, unread, t]);
  // Nothing else tells screen readers that a link led to another page.
  useEffect(() => announce(title), [title]);
  return null;
}

/** Alt with the arrow keys goes through the list. */
function Neighbours({ workflowId }: { workflowId: string | undefined }) {
  const navigate = useNavigate();
  const workflows = useListedWorkflows();
  const go = (step: number) => {
    const ids = workflows?.map(({ id }) => id) ?? [];
    const place = workflowId === undefined ? -1 : ids.indexOf(workflowId);
    const next = ids[place === -1 ? 0 : place + step];
    if (next !== undefined) {
      void navigate(`/w/${next}`);
    }
  };
  useShortcut({ keys: "alt+arrowdown", description: "app.shortcut.next", run: () => go(1) });
  useShortcut({ keys: "alt+arrowup", description: "app.shortcut.previous", run: () => go(-1) });
  return null;
}
