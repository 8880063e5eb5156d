import { defineConfig } from "vitest/config";

// Typing key by key into a component takes seconds on a busy machine. Component tests name their environment themselves: `// @vitest-environment jsdom`.
export default defineConfig({ test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node", testTimeout: 30_000 } });
