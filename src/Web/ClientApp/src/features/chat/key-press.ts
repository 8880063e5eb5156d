import type { KeyboardEvent } from "react";
import type { KeyPress } from "./composer-rules";

export function pressOf({ key, ctrlKey, metaKey, shiftKey, altKey, nativeEvent }: KeyboardEvent): KeyPress {
  // Safari ends the composition before the key that ended it; 229 is what every browser calls a key of an input method.
  return { key, ctrlKey, metaKey, shiftKey, altKey, isComposing: nativeEvent.isComposing || nativeEvent.keyCode === 229 };
}
