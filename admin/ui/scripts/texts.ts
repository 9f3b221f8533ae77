/** The texts that every page needs as one file per locale: `common`, and the `nav` part of each area's namespace. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const NAME = "shell.virtual";

/** What a locale's folder holds of them. */
function shell(folder: string): object {
  const nav: Record<string, unknown> = {};
  let common = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json")).sort()) {
    const texts = JSON.parse(readFileSync(join(folder, file), "utf8")) as { nav?: unknown };
    if (file === "common.json") common = texts;
    else if (texts.nav) nav[file.replace(".json", "")] = texts.nav;
  }
  return { common, nav };
}

export function texts(): Plugin {
  let root = "";
  return {
    name: "texts",
    configResolved(config) {
      root = join(config.root, "src/locales");
      // import.meta.glob finds files that are there: an empty one stands for what is made here.
      for (const locale of readdirSync(root)) {
        const path = join(root, locale, NAME);
        if (!existsSync(path)) writeFileSync(path, "");
      }
    },
    configureServer(server) {
      // The file of a new area is none that was watched.
      server.watcher.on("add", (path) => {
        if (!path.startsWith(root) || !path.endsWith(".json")) return;
        for (const one of server.moduleGraph.idToModuleMap.values()) {
          if (one.id?.split("?")[0].endsWith(NAME)) server.moduleGraph.invalidateModule(one);
        }
        server.hot.send({ type: "full-reload" });
      });
    },
    load(id) {
      if (!id.split("?")[0].endsWith(NAME)) return null;
      const folder = id.slice(0, id.indexOf(`/${NAME}`));
      for (const file of readdirSync(folder)) if (file.endsWith(".json")) this.addWatchFile(join(folder, file));
      return { code: `export default ${JSON.stringify(shell(folder))}`, moduleType: "js" };
    },
  };
}
