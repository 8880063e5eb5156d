import type { VirtualItem } from "@tanstack/react-virtual";

/** Where somebody was in a conversation when they left it. */
export interface ScrollPlace {
  readonly offset: number;
  /** The heights of the rows that were seen; without them the offset would lead elsewhere. */
  readonly measurements: VirtualItem[];
  /** The key of the first row: an offset means nothing once older rows are above it. */
  readonly firstKey: string;
}

const places = new Map<string, ScrollPlace>();

/** @returns undefined for a conversation that was left at its end, or not seen since the page was loaded */
export function scrollPlaceOf(workflowId: string): ScrollPlace | undefined {
  return places.get(workflowId);
}

export function keepScrollPlace(workflowId: string, place: ScrollPlace | undefined): void {
  if (place) {
    places.set(workflowId, place);
  } else {
    places.delete(workflowId);
  }
}
