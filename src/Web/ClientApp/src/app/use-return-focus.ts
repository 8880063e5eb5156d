import { useEffect, useState } from "react";

/**
 * For a dialog that is taken away when it closes: gives the keyboard back to what had it before. Ant Design does so only for
 * dialogs that stay.
 */
export function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // Whoever has taken it meanwhile keeps it.
      if (document.activeElement === document.body && before instanceof HTMLElement) {
        before.focus();
      }
    },
    [before],
  );
}
