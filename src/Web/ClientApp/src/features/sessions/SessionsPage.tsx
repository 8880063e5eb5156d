import { DesktopOutlined, MobileOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { App, Button, Skeleton, Tag } from "antd";
import type { Schema } from "../../api/client";
import { dataOf } from "../../api/problem";
import { api, signOut } from "../../app/auth-store";
import { useSessionId } from "../../app/chat-connection";
import { useLanguage, useT, type Translate } from "../../app/i18n";
import { problemText } from "../../app/i18n/problem-text";
import { PageHeader } from "../../app/page-header";
import { announceSessionEnd } from "../../app/session-end";
import { dateFormat, fullTime, timeAgo } from "../../app/times";
import { useIsConnected } from "../../app/use-is-connected";
import { deviceOf, isHandheld } from "./device-name";
import styles from "./SessionsPage.module.css";

type Session = Schema<"SessionView">;

/** How often to ask whether something changed, in milliseconds; nothing announces it. */
const REFETCH_EVERY = 15_000;

/** Where the user is signed in, and the ways to end that. */
export default function SessionsPage() {
  const t = useT();
  const { modal, message } = App.useApp();
  const ownId = useSessionId();
  const isConnected = useIsConnected();
  const { data, error, refetch } = useQuery({
    // A list that came before the page's own session was there, or connected again, does not say so.
    queryKey: ["sessions", ownId, isConnected],
    placeholderData: keepPreviousData,
    queryFn: async () => (await dataOf(api.GET("/api/v1/sessions"))).sessions,
    refetchInterval: REFETCH_EVERY,
    refetchOnWindowFocus: "always",
  });
  const own = data?.find(({ id }) => id === ownId);
  const others = data?.filter(({ id }) => id !== ownId) ?? [];

  const end = async (ended: readonly Session[]) => {
    announceSessionEnd(ended.map(({ id }) => id));
    const results = await Promise.allSettled(ended.map(({ id }) => dataOf(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } }))));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) {
      message.error(problemText(t, failed.reason));
    } else {
      message.success(t("sessions.ended"));
    }

    await refetch();
  };

  const ask = (title: string, content: string, okText: string, ended: readonly Session[]) =>
    void modal.confirm({
      title,
      content,
      okText,
      okButtonProps: { danger: true, type: "default" },
      cancelText: t("sessions.keep"),
      focusable: { autoFocusButton: "cancel" },
      onOk: () => end(ended),
    });

  return (
    <>
      <PageHeader title={t("sessions.title")} />
      <div className={styles.page}>
        <p className={styles.intro}>{t("sessions.intro")}</p>
        {!data && !error && <Skeleton active />}
        {!data && error && (
          <p role="alert">
            {problemText(t, error)} <Button onClick={() => void refetch()}>{t("app.retry")}</Button>
          </p>
        )}
        {data && (
          <ul className={styles.sessions}>
            {own && <SessionItem session={own} isOwn action={<Button onClick={() => void signOut()}>{t("auth.signOut")}</Button>} />}
            {others.map((session) => {
              const device = nameOf(t, session);
              return (
                <SessionItem
                  key={session.id}
                  session={session}
                  action={
                    <Button
                      aria-label={t("sessions.endNamed", { device })}
                      onClick={() => ask(t("sessions.confirmEnd"), t("sessions.confirmEndText", { device }), t("sessions.end"), [session])}
                    >
                      {t("sessions.end")}
                    </Button>
                  }
                />
              );
            })}
          </ul>
        )}
        {data &&
          (others.length > 0 ? (
            <Button
              danger
              onClick={() =>
                ask(
                  t("sessions.confirmEndOthers"),
                  t("sessions.confirmEndOthersText", { count: others.length }),
                  t("sessions.endOthers"),
                  others,
                )
              }
            >
              {t("sessions.endOthers")}
            </Button>
          ) : (
            <p className={styles.quiet}>{t("sessions.only")}</p>
          ))}
      </div>
    </>
  );
}

interface SessionItemProps {
  readonly session: Session;
  readonly isOwn?: boolean;
  readonly action: React.ReactNode;
}

function SessionItem({ session, isOwn = false, action }: SessionItemProps) {
  const t = useT();
  const language = useLanguage();
  const { device, connected, lastActivityAt, createdAt, joinedWorkflows } = session;
  const Icon = isHandheld(device) ? MobileOutlined : DesktopOutlined;
  return (
    <li className={styles.session}>
      <Icon className={styles.icon} aria-hidden />
      <div className={styles.texts}>
        <div className={styles.name} title={device}>
          {nameOf(t, session)} {isOwn && <Tag color="blue">{t("sessions.this")}</Tag>}
        </div>
        <div className={styles.quiet}>
          <span className={connected ? styles.connected : undefined}>{t(connected ? "sessions.connected" : "sessions.notConnected")}</span>
          {" · "}
          <time dateTime={lastActivityAt} title={fullTime(Date.parse(lastActivityAt), language)}>
            {t("sessions.lastSeen", { ago: timeAgo(lastActivityAt, language) })}
          </time>
        </div>
        <div className={styles.quiet}>
          {t("sessions.since", { time: dateFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(Date.parse(createdAt)) })}
          {joinedWorkflows.length > 0 && <> · {t("sessions.workflows", { count: joinedWorkflows.length })}</>}
        </div>
      </div>
      {action}
    </li>
  );
}

function nameOf(t: Translate, { device }: Session): string {
  const known = deviceOf(device);
  return known ? t("sessions.deviceOn", known) : device || t("sessions.unknownDevice");
}
