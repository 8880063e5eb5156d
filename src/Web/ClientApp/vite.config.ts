import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server that the development server hands API calls to. */
const server = process.env.BMADSERVER_ADDRESS ?? "http://localhost:5080";
const proxied = { target: server, changeOrigin: true };

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: {
      "/api": proxied,
      "/hubs": { ...proxied, ws: true },
      "/openapi": proxied,
      "/swagger": proxied,
    },
  },
  build: {
    outDir: "../wwwroot",
    // It lies outside of this folder, where Vite does not clear without being told.
    emptyOutDir: true,
    target: "es2023",
    // The size that counts is measured by `npm run size`.
    reportCompressedSize: false,
    // Inlined assets would be data: addresses, which the Content-Security-Policy allows for images only.
    assetsInlineLimit: 0,
  },
});
