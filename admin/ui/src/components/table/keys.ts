/** The keyboard in a list: j and k go, Enter opens, x selects, / searches, Escape clears. */
import { useLayoutEffect, useRef } from "react";
import { flushSync } from "react-dom";
import { isTyping } from "~/lib/hooks";

type Acts = {
  move: (by: number) => void; open: () => void; choose: () => void; search: () => void; clear: () => void;
  /** Whether something lies over the list; and its end. */
  over: () => boolean; close: () => void;
  /** Until when what lay there goes away: keys wait for it. */
  leaving: () => Promise<void> | null;
};

const KEYS = new Set(["j", "k", "x", "Enter", "Escape", "/"]);

export function useListKeys(acts: Acts): void {
  const now = useRef(acts);
  now.current = acts;
  // Before the effects of a drawer, which listens too.
  useLayoutEffect(() => {
    const answer = (key: string, before: boolean) => {
      const over = now.current.over();
      if (key === "j") now.current.move(1);
      else if (key === "k") now.current.move(-1);
      else if (key === "x" && !over) now.current.choose();
      else if (key === "Enter" && !over) now.current.open();
      else if (key === "/") now.current.search();
      else if (key === "Escape" && over) now.current.close();
      // A drawer that listens already has answered it: then nothing lies there any more, but did when the key came.
      else if (key === "Escape" && !before) now.current.clear();
    };
    // What there was when the key came: its own drawer may answer it first.
    let before = { over: false, leaving: now.current.leaving() };
    const come = () => { before = { over: now.current.over(), leaving: now.current.leaving() }; };
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || !KEYS.has(event.key)) return;
      // A dialog over the page has the keyboard; the drawer beside the list leaves j and k to it.
      if (document.querySelector("[data-modal=true]")) return;
      const { key } = event;
      const target = event.target instanceof Element ? event.target : null;
      if (key === "Enter" && target?.closest("a,button,[role=separator]")) return;
      if (key === "Escape" && target?.getAttribute("data-mantine-stop-propagation") === "true") return;
      if (key !== "Escape") event.preventDefault();
      const leaving = now.current.leaving();
      if (leaving === null) answer(key, before.over);
      // Outside of an event React would draw later: the next key that waited has to see what this one has done.
      // An Escape by which something goes away just now is answered; one behind it is a key as others.
      else if (key !== "Escape" || leaving === before.leaving) void leaving.then(() => flushSync(() => answer(key, false)));
    };
    window.addEventListener("keydown", come, true);
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("keydown", come, true);
      window.removeEventListener("keydown", press);
    };
  }, []);
}
