/** After so many milliseconds without activity of the user's the question comes whether they are there, and the sign-out. */
export const IDLE_WARNING = 28 * 60_000;
export const IDLE_LIMIT = 30 * 60_000;
