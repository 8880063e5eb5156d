import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

/** What lies in public/ and belongs to the app's shell. */
const PUBLIC = ["/theme.js", "/icon.svg", "/icon-unread.svg", "/icon-192.png", "/manifest.webmanifest"];

/** Writes `/sw.js`: tools/service-worker.js with the names of what was built. */
export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    async generateBundle(_, bundle) {
      const files = ["/", ...PUBLIC, ...Object.keys(bundle).filter((name) => name.startsWith("assets/")).map((name) => `/${name}`).sort()];
      const template = await readFile(new URL("service-worker.js", import.meta.url), "utf8");
      // Every change of the worker or of what it keeps is a new version, with a cache of its own.
      const version = createHash("sha256").update(template).update(JSON.stringify(files)).digest("hex").slice(0, 16);
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: template.replace('"__FILES__"', JSON.stringify(files)).replace("__VERSION__", version),
      });
    },
  };
}
