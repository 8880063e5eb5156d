import type { sessions as english } from "../en/sessions";

export const sessions: Record<keyof typeof english, string> = {};
