import type { workflows as english } from "../en/workflows";

export const workflows: Record<keyof typeof english, string> = {};
