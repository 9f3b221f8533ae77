/** How the console is built and developed. Owns nothing of the product: what the pages do is in src/. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "./scripts/precompress.ts";
import { texts } from "./scripts/texts.ts";

// The gateway that a development server talks to.
const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:8600";

/** So many of the parts that are loaded by themselves need a module that belongs to all pages. */
const EVERYWHERE = 30;

export default defineConfig(({ command }) => ({
  // Built files name each other relatively: the console works below any path (index.html says which by <base>).
  base: command === "build" ? "./" : "/console/",
  plugins: [react(), texts(), precompress()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // A request for each small module would cost more than the module.
        codeSplitting: {
          groups: [
            { name: "start", tags: ["$initial"], priority: 2 },
            { name: "base", test: /node_modules/, minShareCount: EVERYWHERE, priority: 1 },
          ],
        },
      },
      onLog(level, log, report) {
        // An import that is not there would otherwise end in a page without it.
        if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
        report(level, log);
      },
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    proxy: { "/api": gateway, "/v1": gateway, "/v1beta": gateway },
  },
}));
