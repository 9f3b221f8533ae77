/** Ctrl-K: pages, actions and things by name. What it needs is loaded when it is opened first. */
import { lazy, Suspense, useEffect } from "react";
import { createStore, useStore } from "./opened";

const PaletteDialog = lazy(() => import("./PaletteDialog"));
export const store = createStore();
export const openPalette = (): void => store.set(true);

export function Palette() {
  const opened = useStore(store);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        store.set(!store.get());
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return opened ? <Suspense><PaletteDialog close={() => store.set(false)} /></Suspense> : null;
}
