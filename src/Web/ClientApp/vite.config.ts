import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { serviceWorker } from "./tools/service-worker-plugin.ts";

/** The server that the development server hands API calls to. */
const server = process.env.BMADSERVER_ADDRESS ?? "http://localhost:5080";
const proxied = { target: server, changeOrigin: true };
// The server takes connections from its own pages only, and this one has another address.
const hub = { ...proxied, ws: true, rewriteWsOrigin: true };
const proxy = { "/api": proxied, "/hubs": hub, "/openapi": proxied, "/swagger": proxied };

export default defineConfig({
  plugins: [react(), serviceWorker()],
  server: { proxy },
  preview: { proxy },
  build: {
    outDir: "../wwwroot",
    // It lies outside of this folder, where Vite does not clear without being told.
    emptyOutDir: true,
    target: "es2023",
    // The first that know light-dark(). For older ones it would become a question for the system's theme, whatever the user chose.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The size that counts is measured by `npm run size`.
    reportCompressedSize: false,
    // Inlined assets would be data: addresses, which the Content-Security-Policy allows for images only.
    assetsInlineLimit: 0,
  },
});
