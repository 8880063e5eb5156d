import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual";
import { Button, Spin } from "antd";
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { useT } from "../../app/i18n";
import styles from "./chat.module.css";
import type { ConversationStore } from "./conversation-store";
import { MessageRow } from "./MessageRow";
import { RowMenu, type OpenMenu } from "./RowMenu";
import type { ParticipantRole, WorkflowStatus } from "../../lib/index";
import { allowedFor, type RowActions } from "./row-actions";
import { keepScrollPlace, scrollPlaceOf } from "./scroll-memory";
import type { Row } from "./timeline";
import { useConversation } from "./use-conversation";

export interface MessageListHandle {
  /** Shows a row that was asked for, and puts the keyboard on it. */
  show(key: string): void;
  /** Scrolls as far as the row needs to be seen. */
  reveal(key: string): void;
  toEnd(): void;
}

interface MessageListProps {
  readonly store: ConversationStore;
  readonly ref: Ref<MessageListHandle>;
  readonly actions: Omit<RowActions, "openMenu">;
  /** The messageId of the message that is being changed. */
  readonly editing: string | undefined;
  readonly isConnected: boolean;
}

/** So near to its end, in pixels, the list follows new messages. */
const END_ZONE = 80;

/** With so few rows above the screen, older ones are read. */
const ROWS_AHEAD = 15;

/** How long a row that was jumped to stands out, in milliseconds. */
const HIGHLIGHT = 2_000;

/** Room for what stands above the first message, in pixels. */
const TOP = 48;

/** The conversation's messages. Only those on screen, and a few around them, are in the document. */
export function MessageList({ store, ref, actions, editing, isConnected }: MessageListProps) {
  const t = useT();
  const rows = useConversation(store, (state) => state.rows);
  const older = useConversation(store, (state) => state.older);
  const hasOlder = useConversation(store, (state) => state.conversation?.hasOlderMessages ?? false);
  const dividerKey = useConversation(store, (state) => state.dividerKey);
  const isUnreadAbove = useConversation(store, (state) => state.isUnreadAbove);
  const unread = useConversation(store, (state) => state.unread);
  const changes = useConversation(store, (state) => state.changes);
  const role = useConversation(store, (state) => state.role);
  const status = useConversation(store, (state) => state.conversation?.status);
  const scroller = useRef<HTMLDivElement>(null);
  // Not known before the list has been scrolled to where it begins: nothing counts as read until then.
  const [isAtEnd, setIsAtEnd] = useState<boolean>();
  const [activeKey, setActiveKey] = useState<string>();
  const [highlighted, setHighlighted] = useState<string>();
  const [menu, setMenu] = useState<OpenMenu>();
  const wantsFocus = useRef<string>(undefined);
  const [kept] = useState(() => keptPlaceOf(store, rows));

  // With another function for the keys, the virtualizer works out all places anew.
  const getItemKey = useCallback((place: number) => rows[place]!.key, [rows]);
  const activePlace = useMemo(() => (activeKey === undefined ? -1 : rows.findIndex((row) => row.key === activeKey)), [rows, activeKey]);
  const rangeExtractor = useCallback(
    (range: Range) => {
      const places = defaultRangeExtractor(range);
      // The row that the keyboard is at stays, wherever the list is scrolled to: the focus would go with it.
      return activePlace === -1 || places.includes(activePlace) ? places : [...places, activePlace].sort((one, other) => one - other);
    },
    [activePlace],
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey,
    estimateSize: (place) => estimatedHeight(rows[place]!),
    overscan: 6,
    rangeExtractor,
    paddingStart: TOP,
    paddingEnd: 12,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: END_ZONE,
    ...(kept ? { initialOffset: kept.offset, initialMeasurementsCache: kept.measurements } : {}),
  });
  const items = virtualizer.getVirtualItems();
  const firstShown = virtualizer.range?.startIndex ?? 0;

  // Where to begin: where one was, or else at the first unread message, or else at the end.
  useLayoutEffect(() => {
    if (!kept && rows.length > 0) {
      const unreadPlace = rows.findIndex((row) => row.key === dividerKey);
      if (unreadPlace > 0) {
        virtualizer.scrollToIndex(unreadPlace, { align: "start" });
      } else {
        virtualizer.scrollToEnd();
      }
    }
    // Once: the list is made when the first rows are there.
  }, []);

  const seen = useRef({ height: 0, isAtEnd: false });
  const lookAround = useCallback(() => {
    const element = scroller.current;
    if (element) {
      const height = element.clientHeight;
      if (seen.current.isAtEnd && height < seen.current.height) {
        // The composer grew, or a keyboard came up: the newest message stays in sight.
        element.scrollTop = element.scrollHeight;
      }

      const isNowAtEnd = element.scrollHeight - element.scrollTop - height <= END_ZONE;
      seen.current = { height, isAtEnd: isNowAtEnd };
      setIsAtEnd(isNowAtEnd);
    }
  }, []);
  useLayoutEffect(lookAround);
  useEffect(() => {
    const observer = new ResizeObserver(lookAround);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [lookAround]);

  useEffect(() => {
    // The range is that of the last scroll event: a list that has just been put to its end still has the one of the beginning.
    const first = virtualizer.getVirtualItemForOffset(scroller.current?.scrollTop ?? 0)?.index ?? 0;
    if (hasOlder && older === "idle" && first < ROWS_AHEAD) {
      void store.loadOlder();
    }
  }, [store, virtualizer, hasOlder, older, firstShown]);

  // Where one was, for coming back.
  const latest = useRef({ rows, isAtEnd });
  useEffect(() => {
    latest.current = { rows, isAtEnd };
  });
  useEffect(
    () => () => {
      const firstKey = latest.current.rows[0]?.key;
      const place = { offset: virtualizer.scrollOffset ?? 0, measurements: virtualizer.takeSnapshot(), firstKey: firstKey ?? "" };
      keepScrollPlace(store.workflowId, latest.current.isAtEnd !== false || firstKey === undefined ? undefined : place);
    },
    [store, virtualizer],
  );

  useAttention(store, isAtEnd === true);

  // Who sends wants to see it, wherever they had scrolled to.
  const lastOwn = rows.at(-1)?.kind === "outgoing" ? rows.at(-1)!.key : undefined;
  const before = useRef(lastOwn);
  useLayoutEffect(() => {
    if (lastOwn !== undefined && lastOwn !== before.current) {
      virtualizer.scrollToEnd();
    }

    before.current = lastOwn;
  }, [lastOwn, virtualizer]);

  const focusRow = useCallback(
    (place: number, align: "auto" | "center" = "auto") => {
      const key = rows[place]?.key;
      if (key !== undefined) {
        wantsFocus.current = key;
        setActiveKey(key);
        virtualizer.scrollToIndex(place, { align });
      }
    },
    [rows, virtualizer],
  );

  // The row to focus may have to be rendered first.
  useEffect(() => {
    const key = wantsFocus.current;
    const element = key === undefined ? undefined : elementOf(scroller.current, key);
    if (element) {
      wantsFocus.current = undefined;
      element.focus({ preventScroll: true });
    }
  });

  const show = useCallback(
    (key: string) => {
      focusRow(rows.findIndex((row) => row.key === key), "center");
      setHighlighted(key);
    },
    [rows, focusRow],
  );
  useEffect(() => {
    const timer = highlighted === undefined ? undefined : setTimeout(() => setHighlighted(undefined), HIGHLIGHT);
    return () => clearTimeout(timer);
  }, [highlighted]);
  const [isSeeking, setIsSeeking] = useState(false);
  const toFirstUnread = async () => {
    setIsSeeking(true);
    const key = await store.findUnread();
    setIsSeeking(false);
    if (key !== undefined) {
      // Its page was read a moment ago and is not in the list yet.
      requestAnimationFrame(() => latestShow.current(key));
    }
  };
  const toEnd = useCallback(() => virtualizer.scrollToEnd(), [virtualizer]);
  const reveal = useCallback((key: string) => virtualizer.scrollToIndex(rows.findIndex((row) => row.key === key)), [rows, virtualizer]);
  useImperativeHandle(ref, () => ({ show, reveal, toEnd }), [show, reveal, toEnd]);
  const latestShow = useRef(show);
  useEffect(() => {
    latestShow.current = show;
  });

  const stateOfMenu = useRef({ rows, role, status });
  useEffect(() => {
    stateOfMenu.current = { rows, role, status };
  });
  const rowActions = useMemo<RowActions>(
    () => ({
      ...actions,
      openMenu: (key, anchor) => {
        const now = stateOfMenu.current;
        const found = allowedAt(now.rows, key, now.role, now.status);
        if (found) {
          setActiveKey(key);
          setMenu({ ...found, anchor });
        }
      },
    }),
    [actions],
  );

  // What can be done with a message may change while the menu is open, as when one's own has just arrived.
  const openMenu = menu && { ...menu, ...allowedAt(rows, menu.row.key, role, status) };

  const pressed = (event: KeyboardEvent<HTMLElement>) => {
    const isAtRow = event.target === event.currentTarget || (event.target instanceof HTMLElement && event.target.dataset.key !== undefined);
    if (!isAtRow || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }

    const place = placeAfter(event.key, rows.findIndex((row) => row.key === (event.target as HTMLElement).dataset.key), rows.length);
    if (place !== undefined) {
      event.preventDefault();
      focusRow(place);
    }
  };

  return (
    <div className={styles.listFrame}>
      {/* New messages are announced by the page: as a live region the list would also read what is scrolled in. */}
      <div
        className={styles.list}
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={t("chat.messages")}
        tabIndex={0}
        onScroll={lookAround}
        onKeyDown={pressed}
      >
        <div className={styles.sheet} style={{ height: virtualizer.getTotalSize() }}>
          <div className={styles.top} style={{ height: TOP }}>
            {hasOlder ? <OlderState state={older} onRetry={() => void store.loadOlder()} /> : rows.length > 0 && t("chat.beginning")}
          </div>
          {items.map(({ index, key, start }) => {
            const row = rows[index]!;
            const messageId = row.kind === "message" ? row.message.messageId : undefined;
            const replyTo = row.kind === "message" ? row.message.replyTo : row.outgoing.replyTo;
            return (
              <div key={key} data-index={index} ref={virtualizer.measureElement} className={styles.item} style={{ transform: `translateY(${start}px)` }}>
                <MessageRow
                  row={row}
                  actions={rowActions}
                  allowed={allowedFor(row, role, status)}
                  hasDivider={row.key === dividerKey}
                  // Whether the first one that is loaded is the first of its day is not known, and a line that goes away moves the list.
                  showsDay={index > 0 || !hasOlder}
                  isEditing={messageId !== undefined && messageId === editing}
                  isActive={row.key === activeKey}
                  isHighlighted={row.key === highlighted}
                  isConnected={row.kind === "message" || isConnected}
                  change={messageId === undefined ? undefined : changes.get(messageId)}
                  quoted={replyTo === undefined ? undefined : (store.message(replyTo) ?? null)}
                />
              </div>
            );
          })}
        </div>
      </div>
      {(isUnreadAbove || isSeeking) && (
        <Button className={styles.toUnread!} shape="round" icon={<UpOutlined aria-hidden />} loading={isSeeking} onClick={() => void toFirstUnread()}>
          {t("chat.toUnread")}
        </Button>
      )}
      {isAtEnd === false && (
        <Button className={styles.toEnd!} type={unread > 0 ? "primary" : "default"} shape="round" icon={<DownOutlined aria-hidden />} onClick={toEnd}>
          {unread > 0 ? t("chat.unread", { count: unread }) : t("chat.toNewest")}
        </Button>
      )}
      <RowMenu menu={openMenu} actions={rowActions} onClose={() => setMenu(undefined)} />
    </div>
  );
}

/** @returns the row with this key, if anything may be done with it */
function allowedAt(
  rows: readonly Row[],
  key: string,
  role: ParticipantRole | undefined,
  status: WorkflowStatus | undefined,
): Pick<OpenMenu, "row" | "allowed"> | undefined {
  const row = rows.find((candidate) => candidate.key === key);
  const allowed = row ? allowedFor(row, role, status) : [];
  return row && allowed.length > 0 ? { row, allowed } : undefined;
}

function OlderState({ state, onRetry }: { readonly state: "idle" | "loading" | "failed"; readonly onRetry: () => void }) {
  const t = useT();
  switch (state) {
    case "idle":
      return null;
    case "loading":
      return (
        <>
          <Spin size="small" /> <span>{t("chat.loadingOlder")}</span>
        </>
      );
    case "failed":
      return (
        <Button size="small" onClick={onRetry}>
          {t("chat.olderFailed")}
        </Button>
      );
  }
}

/** Tells the store whether the user looks at the newest message. */
function useAttention(store: ConversationStore, isAtEnd: boolean): void {
  useEffect(() => {
    const tell = () => store.setAttentive(isAtEnd && document.visibilityState === "visible" && document.hasFocus());
    tell();
    window.addEventListener("focus", tell);
    window.addEventListener("blur", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      window.removeEventListener("focus", tell);
      window.removeEventListener("blur", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [store, isAtEnd]);
}

/** The arrow keys go from message to message. From the list itself they begin at the newest one. */
export function placeAfter(key: string, place: number, count: number): number | undefined {
  switch (key) {
    case "ArrowUp":
      return place === -1 ? count - 1 : Math.max(0, place - 1);
    case "ArrowDown":
      return place === -1 ? count - 1 : Math.min(count - 1, place + 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/** Near enough that the scroll bar is right; rows are measured once they are rendered. */
function estimatedHeight(row: Row): number {
  const content = row.kind === "message" ? row.message.content : row.outgoing.content;
  let lines = 0;
  for (let start = 0; start <= content.length && lines < 60; lines++) {
    const end = content.indexOf("\n", start);
    const length = (end === -1 ? content.length : end) - start;
    lines += Math.floor(length / 80);
    start += length + 1;
  }

  return 38 + lines * 22 + (row.startsGroup ? 28 : 0) + (row.day === undefined ? 0 : 44);
}

function keptPlaceOf(store: ConversationStore, rows: readonly Row[]) {
  const place = scrollPlaceOf(store.workflowId);
  return place?.firstKey === rows[0]?.key ? place : undefined;
}

function elementOf(list: HTMLElement | null, key: string): HTMLElement | undefined {
  return [...(list?.querySelectorAll<HTMLElement>("[data-key]") ?? [])].find((element) => element.dataset.key === key);
}
