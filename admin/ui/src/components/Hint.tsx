/** A tooltip that costs nothing until a pointer or the keyboard comes to what it explains: a list has hundreds of them. */
import { Tooltip } from "@mantine/core";
import { cloneElement, type FocusEvent, type HTMLAttributes, type MouseEvent, type ReactElement, type ReactNode, useEffect, useId, useState } from "react";

type Target = ReactElement<HTMLAttributes<HTMLElement>>;

/** `maw`: how wide it gets, in pixels; a longer text takes several lines. The child is one element that takes handlers. */
export function Hint({ label, maw, children }: { label: ReactNode; maw?: number; children: Target }) {
  const id = useId();
  const [target, setTarget] = useState<HTMLElement | null>(null);
  const [now, setNow] = useState(false);
  const show = (event: MouseEvent<HTMLElement> | FocusEvent<HTMLElement>) => {
    setTarget(event.currentTarget);
    setNow(event.type === "focus");
  };
  const hide = () => setTarget(null);
  return (
    <>
      {cloneElement(children, { onMouseEnter: show, onMouseLeave: hide, onFocus: show, onBlur: hide, "aria-describedby": target ? id : undefined, "data-hint": "" } as HTMLAttributes<HTMLElement>)}
      {target ? <Shown id={id} target={target} label={label} maw={maw} now={now} hide={hide} /> : null}
    </>
  );
}

const DELAY_MS = 250;

function Shown({ id, target, label, maw, now, hide }: { id: string; target: HTMLElement; label: ReactNode; maw?: number; now: boolean; hide: () => void }) {
  const [opened, setOpened] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setOpened(true), DELAY_MS);
    const key = (event: KeyboardEvent) => event.key === "Escape" && hide();
    document.addEventListener("keydown", key);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", key);
    };
  }, [hide]);
  return <Tooltip target={target} opened={opened} label={<span id={id}>{label}</span>} multiline={maw !== undefined} maw={maw} />;
}
