import { useEffect, useRef } from "react";
import { useT } from "../../app/i18n";
import styles from "./chat.module.css";
import { commandTexts } from "./command-texts";
import type { CommandName } from "./commands";

interface CommandPaletteProps {
  readonly id: string;
  readonly names: readonly CommandName[];
  readonly selected: CommandName;
  readonly onSelect: (name: CommandName) => void;
  readonly onRun: (name: CommandName) => void;
}

/** The id of an option, for the text box that owns the keyboard. */
export function optionId(paletteId: string, name: CommandName): string {
  return `${paletteId}-${name}`;
}

/** The commands that begin with what has been typed. The keyboard stays in the text box. */
export function CommandPalette({ id, names, selected, onSelect, onRun }: CommandPaletteProps) {
  const t = useT();
  const option = useRef<HTMLDivElement>(null);
  useEffect(() => {
    option.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <div id={id} role="listbox" aria-label={t("chat.commands")} className={styles.palette}>
      {names.map((name) => (
        <div
          key={name}
          id={optionId(id, name)}
          ref={name === selected ? option : undefined}
          role="option"
          aria-selected={name === selected}
          className={styles.command}
          onPointerMove={() => onSelect(name)}
          // Not a click: that would take the focus out of the text box first.
          onMouseDown={(event) => {
            event.preventDefault();
            onRun(name);
          }}
        >
          <strong>/{name}</strong>
          <span>{t(commandTexts[name])}</span>
        </div>
      ))}
    </div>
  );
}
