/** The title of the document: the page, and whose gateway it is. */
import { useEffect } from "react";
import { useSite } from "~/api/site";

export function useTitle(title: string): void {
  const name = useSite()?.name || "Gateway";
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
}
