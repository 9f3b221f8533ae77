/** The whole text of what is cut off (class "cut"), on hover and on focus. One for the page: a list has thousands of cells. */
import { useEffect, useState } from "react";

type Tip = { text: string; left: number; top: number };

export function CutTip() {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => {
    const show = (event: Event) => {
      // What has a hint of its own says more there.
      const element = event.target instanceof Element && !event.target.closest("[data-hint]") ? event.target.closest<HTMLElement>(".cut") : null;
      const text = element && element.scrollWidth > element.clientWidth + 1 ? (element.textContent ?? "") : "";
      if (!element || !text) {
        setTip(null);
        return;
      }
      const box = element.getBoundingClientRect();
      setTip({ text, left: Math.max(8, Math.min(box.left, innerWidth - 368)), top: box.bottom + 4 });
    };
    const hide = () => setTip(null);
    document.addEventListener("pointerover", show);
    document.addEventListener("focusin", show);
    document.addEventListener("scroll", hide, true);
    document.addEventListener("keydown", hide);
    return () => {
      document.removeEventListener("pointerover", show);
      document.removeEventListener("focusin", show);
      document.removeEventListener("scroll", hide, true);
      document.removeEventListener("keydown", hide);
    };
  }, []);
  return tip ? <div className="cut-tip" role="tooltip" style={{ left: tip.left, top: tip.top }}>{tip.text}</div> : null;
}
