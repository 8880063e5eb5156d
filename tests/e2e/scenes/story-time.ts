/** A moment as the server writes it. */
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;

/** When all pictures are taken: a Thursday morning. */
export const pictureTime = new Date("2026-03-12T10:24:00+01:00");
export const pictureZone = "Europe/Berlin";

/**
 * Gives what the server says other times: those of the story for what the story tells, and the time of the pictures for
 * everything else, so that pictures taken today and tomorrow are the same.
 */
export class StoryTime {
  readonly #told = new Map<string, string>();

  /** @param at the server's time @param storyAt the story's, as ISO 8601 */
  tell(at: string, storyAt: string): void {
    this.#told.set(at, new Date(storyAt).toISOString());
  }

  /** The same text with the times of the story. */
  retell(text: string): string {
    const now = Date.now();
    return text.replace(moment, (at) => this.#told.get(at) ?? new Date(pictureTime.getTime() + Math.max(0, Date.parse(at) - now)).toISOString());
  }
}
