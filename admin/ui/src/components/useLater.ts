/** What opens beside a button is made when the button is first pressed: a list has such a button in each line.
 *
 * Until `made` the button stands alone and calls `press`; then it stands in what opens, which has `opened` and `onChange`.
 */
import { useEffect, useRef, useState } from "react";

export function useLater() {
  const button = useRef<HTMLButtonElement>(null);
  const [made, setMade] = useState(false);
  const [opened, onChange] = useState(false);
  useEffect(() => {
    if (!made) return;
    // It is another element than the one that was pressed; the focus comes back to it when what opens is closed.
    button.current?.focus({ preventScroll: true });
    onChange(true);
  }, [made]);
  return { button, made, opened, onChange, press: () => setMade(true) };
}
