import { defineConfig } from "vitest/config";

// Component tests name their environment themselves: `// @vitest-environment jsdom`.
export default defineConfig({ test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" } });
