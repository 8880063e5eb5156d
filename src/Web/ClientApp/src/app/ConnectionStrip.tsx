import { CheckCircleOutlined, CloudSyncOutlined, DisconnectOutlined } from "@ant-design/icons";
import { useEffect, useState } from "react";
import type { ConnectionState } from "../lib/index";
import { chat, useConnection } from "./chat-connection";
import styles from "./ConnectionStrip.module.css";
import { useT, type MessageKey } from "./i18n";
import { useIsOnline } from "./use-is-connected";
import { useSecondsUntil } from "./use-seconds-until";

/** How long good news are shown, in milliseconds. */
const NEWS_LIMIT = 6_000;

/** A first connection that takes longer than this is worth mentioning, in milliseconds. */
const PATIENCE = 1_500;

/** How the connection stands, whenever that is not simply "connected". */
export function ConnectionStrip() {
  const connection = useConnection();
  const isOnline = useIsOnline();
  const news = useNews(connection);
  const isSlow = useIsSlow(connection.status === "connecting");
  switch (connection.status) {
    case "offline":
      return <Strip tone="warn" text="connection.offline" />;
    case "reconnecting":
      return <Lost nextTryAt={connection.nextTryAt} />;
    case "connecting":
      return connection.nextTryAt !== null || connection.attempt > 1 ? (
        <Lost nextTryAt={connection.nextTryAt} />
      ) : isSlow ? (
        <Strip tone="warn" text="connection.connecting" />
      ) : null;
    case "connected":
      // The link may seem to stand for a while without a network.
      return isOnline ? news && <Strip tone="good" text={news} /> : <Strip tone="warn" text="connection.offline" />;
    default:
      return null;
  }
}

function Lost({ nextTryAt }: { nextTryAt: number | null }) {
  const t = useT();
  const seconds = useSecondsUntil(nextTryAt);
  if (nextTryAt === null) {
    return <Strip tone="warn" text="connection.reconnecting" />;
  }

  return (
    <Strip tone="warn" text="connection.lost">
      {/* Not announced: it changes every second. */}
      <span className={styles.countdown} role="timer" aria-live="off">
        {t("connection.nextTry", { seconds })}
      </span>
      <button type="button" className={styles.action} onClick={() => chat().tryNow()}>
        {t("connection.tryNow")}
      </button>
    </Strip>
  );
}

interface StripProps {
  readonly tone: "warn" | "good";
  readonly text: MessageKey;
  readonly children?: React.ReactNode;
}

function Strip({ tone, text, children }: StripProps) {
  const t = useT();
  const Icon = tone === "good" ? CheckCircleOutlined : text === "connection.offline" ? DisconnectOutlined : CloudSyncOutlined;
  return (
    <section className={`${styles.strip} ${styles[tone]}`} aria-label={t("connection.title")}>
      <span className={styles.text}>
        <Icon aria-hidden />
        <span role="status">{t(text)}</span>
      </span>
      {children}
    </section>
  );
}

/** What to say of a connection that was just made; it goes away by itself. */
function useNews(connection: ConnectionState): MessageKey | undefined {
  const [news, setNews] = useState<MessageKey>();
  const [wasLost, setWasLost] = useState(false);
  const [seen, setSeen] = useState(connection);
  if (seen !== connection) {
    setSeen(connection);
    if (connection.status === "connected") {
      // After a reload the session is the same without anything having gone wrong.
      setNews(connection.recovery === "checkpoint" ? "connection.checkpoint" : wasLost ? newsOf(connection.recovery) : undefined);
      setWasLost(false);
    } else {
      setNews(undefined);
      setWasLost(wasLost || connection.status === "reconnecting" || connection.status === "offline");
    }
  }

  useEffect(() => {
    if (news) {
      const timer = setTimeout(() => setNews(undefined), NEWS_LIMIT);
      return () => clearTimeout(timer);
    }
  }, [news]);
  return news;
}

function newsOf(recovery: "live" | "started"): MessageKey {
  return recovery === "live" ? "connection.restored" : "connection.connected";
}

function useIsSlow(isWaiting: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (isWaiting) {
      const timer = setTimeout(() => setSlow(true), PATIENCE);
      return () => {
        clearTimeout(timer);
        setSlow(false);
      };
    }
  }, [isWaiting]);
  return isSlow;
}
