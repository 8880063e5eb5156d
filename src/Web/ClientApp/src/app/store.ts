import { useSyncExternalStore } from "react";
import type { Observable } from "../lib/index";

export { ObservableValue as Store } from "../lib/observable";

/** Renders anew when the value changes. */
export function useStore<T>(store: Observable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
