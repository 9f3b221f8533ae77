// Runs the tests of pure functions (src/**/*.test.ts) with node:test; Vite makes them JavaScript, whatever Node.js that is.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const input = readdirSync(join(root, "src"), { recursive: true }).filter((name) => name.endsWith(".test.ts")).map((name) => join(root, "src", name));
const outDir = mkdtempSync(join(tmpdir(), "unit-"));
await build({
  root, configFile: false, logLevel: "warn", resolve: { alias: { "~": join(root, "src") } },
  build: { ssr: true, outDir, emptyOutDir: true, rolldownOptions: { input, output: { entryFileNames: "[name]-[hash].mjs" } } },
});
const files = readdirSync(outDir).filter((name) => name.includes(".test-")).map((name) => join(outDir, name));
const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=dot", ...files], { stdio: "inherit" });
rmSync(outDir, { recursive: true });
process.exit(status ?? 1);
