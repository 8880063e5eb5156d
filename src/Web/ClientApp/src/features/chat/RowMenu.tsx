import { CopyOutlined, DeleteOutlined, EditOutlined, MessageOutlined, RedoOutlined, StopOutlined } from "@ant-design/icons";
import { Dropdown } from "antd";
import { createElement, type AriaAttributes, type ComponentType } from "react";
import { useT, type MessageKey } from "../../app/i18n";
import styles from "./chat.module.css";
import { perform, type RowAction, type RowActions } from "./row-actions";
import type { Row } from "./timeline";

export interface OpenMenu {
  readonly row: Row;
  readonly allowed: readonly RowAction[];
  /** What opened it; the focus returns there. */
  readonly anchor: HTMLElement;
}

interface RowMenuProps {
  readonly menu: OpenMenu | undefined;
  readonly actions: RowActions;
  readonly onClose: () => void;
}

const icons: Readonly<Record<RowAction, ComponentType<AriaAttributes>>> = {
  reply: MessageOutlined,
  copy: CopyOutlined,
  edit: EditOutlined,
  delete: DeleteOutlined,
  retry: RedoOutlined,
  discard: StopOutlined,
};

const labels: Readonly<Record<RowAction, MessageKey>> = {
  reply: "chat.reply",
  copy: "chat.copyText",
  edit: "chat.edit",
  delete: "chat.delete",
  retry: "chat.retry",
  discard: "chat.discard",
};

/** The one menu of all messages: a menu of its own for each would be a burden to every row. */
export function RowMenu({ menu, actions, onClose }: RowMenuProps) {
  const t = useT();
  if (!menu) {
    return null;
  }

  const { row, allowed, anchor } = menu;
  const { left, top, width, height } = anchor.getBoundingClientRect();
  return (
    <Dropdown
      open
      autoFocus
      trigger={["click"]}
      // Inside of the page's landmark, where screen readers look for it.
      getPopupContainer={() => anchor.closest("main") ?? document.body}
      placement={row.isOwn ? "bottomRight" : "bottomLeft"}
      onOpenChange={(open) => {
        if (!open) {
          onClose();
          anchor.focus();
        }
      }}
      menu={{
        items: allowed.map((action) => ({ key: action, label: t(labels[action]), icon: createElement(icons[action], { "aria-hidden": true }), danger: action === "delete" })),
        onClick: ({ key, domEvent }) => {
          // The key would go on to where the focus is by then: Enter would break a line in the composer.
          domEvent.preventDefault();
          onClose();
          anchor.focus();
          // After the menu has put the focus back, so that a reply can take it.
          setTimeout(() => {
            if (key === "delete") {
              // A deleted message has a row, but no menu any more to which the question could give the focus back.
              anchor.closest<HTMLElement>("[data-key]")?.focus();
            }

            perform(key as RowAction, row, actions);
          });
        },
      }}
    >
      <span className={styles.menuAnchor} style={{ left, top, width, height }} />
    </Dropdown>
  );
}
